"""Where the images of a test cluster and what they are made from are, in the build root."""

import pathlib

from common.tree import ROOT

MODULES = ROOT / "tests/cluster"
PACKAGES = pathlib.Path("/packages/cluster")  # the tree of one architecture: tools/clusterroot.sh
CACHE = pathlib.Path("/cache/cluster")
