"""Where things are in the build root, and what is the same in every image."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "image"
PACKAGES = pathlib.Path("/packages")
CACHE = pathlib.Path("/cache")

# The time of every file in every image: images depend on what they are made from, not on when.
EPOCH = 1_767_225_600  # 2026-01-01

MIB = 1 << 20

# Debian's name of an architecture: UEFI's, the compiler's, QEMU's.
EFI_ARCH = {"amd64": "x64", "arm64": "aa64"}
TRIPLET = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}


def output(arch):
    """The directory of an architecture's results."""
    return ROOT / "build/image" / arch


def programs(arch):
    """The directory of our own programs."""
    return ROOT / f"build/release-{arch}/bin"
