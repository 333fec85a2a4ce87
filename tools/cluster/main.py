#!/usr/bin/env python3
"""./ichor images. Runs inside the build root."""

import sys

sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rsplit("/", 2)[0])

# pylint: disable=wrong-import-position
import argparse

from cluster import images, modules, oci
from common.process import interruptible
from machine.spec import host_arch


def main():
    """Makes what is missing, and prints each reference with the size of what a pull gets."""
    parser = argparse.ArgumentParser(prog="./ichor images", description="Makes the images that a test cluster pulls from a local "
                                     "registry where there is no internet: real Kubernetes, etcd, CoreDNS and flannel.")
    parser.add_argument("arch", nargs="?", choices=("amd64", "arm64"), default=host_arch(), help="default: this machine's")
    arch = parser.parse_args().arch
    try:
        layout = images.ensure(arch, lambda words: print(f"making {words}", flush=True)) / "layout"
    except modules.BuildError as error:
        print(f"ichor: images: {error}", file=sys.stderr)
        return 1
    for reference, digest in sorted(oci.references(layout).items()):
        size = sum(item["size"] for item in oci.closure(layout, digest))
        print(f"{reference:<56}{size / 1e6:>8.1f} MB")
    return 0


if __name__ == "__main__":
    interruptible(main)
