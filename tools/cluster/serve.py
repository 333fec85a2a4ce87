#!/usr/bin/env python3
"""Serves the images of a test cluster to machines in QEMU, for a test: until it is killed. Runs inside the build root."""

import sys

sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rsplit("/", 2)[0])

# pylint: disable=wrong-import-position
import pathlib

from cluster import images, modules, registry
from machine.spec import host_arch


def main():
    """Makes the images if they are not in the cache, puts the kubectl of the same Kubernetes into the directory that the first argument names,
    and serves, at the port that the second argument names or else at a free one, which the registry says when it listens."""
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    try:
        made = images.ensure(host_arch(), lambda words: print(f"making {words}", flush=True))
        kubernetes = modules.build(modules.KUBERNETES, host_arch())
    except modules.BuildError as error:
        sys.exit(str(error))
    kubectl = directory / "kubectl"
    kubectl.unlink(missing_ok=True)
    kubectl.symlink_to(kubernetes / "kubernetes")
    registry.become(directory, made / "registry", int(sys.argv[2]) if len(sys.argv) > 2 else 0)


if __name__ == "__main__":
    main()
