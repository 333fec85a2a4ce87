"""Makes the images of an architecture: `python3 -m image.build --help`, in the build root with the trees at /packages."""

import argparse
import pathlib
import platform
import sys
import time

from image import cmdline, disk, initramfs, install, listing, loaders, rootfs, slot, spdx
from image.command import ImageError
from image.go_programs import go_programs
from image.modules import Modules
from image.packages import Packages
from image.paths import output, programs

_HOSTS = {"x86_64": "amd64", "aarch64": "arm64"}


def host_arch():
    """The architecture of this machine."""
    return _HOSTS[platform.machine()]


def arguments(argv):
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="./ichor image", description="Makes build/image/ARCH/: kernel, initramfs, initramfs-pxe, microcode, cmdline, disk.raw, "
        "disk.raw.zst, manifest.txt, sbom.spdx.json.")
    parser.add_argument("arch", nargs="?", choices=("amd64", "arm64"), default=host_arch(), help="default: this machine's")
    parser.add_argument("--platform", default="metal", help="where it will run: talos.platform (default: metal)")
    parser.add_argument("--arg", action="append", default=[], metavar="K=V", help="adds to the kernel's command line")
    parser.add_argument("--output", type=pathlib.Path, metavar="DIR", help="default: build/image/ARCH")
    parser.add_argument("--programs", type=pathlib.Path, metavar="DIR",
                        help="takes stage1, coldplug, container-log, init and ichor-node from there and builds nothing")
    return parser.parse_args(argv)


class Steps:
    """Prints what was done with its time."""

    def __init__(self):
        self._start = time.monotonic()

    def done(self, name):
        """Ends a step."""
        now = time.monotonic()
        print(f"{name:<44} {now - self._start:>7.1f} s", flush=True)
        self._start = now


def build(options):
    """Makes everything."""
    arch, out, steps = options.arch, options.output or output(options.arch), Steps()
    out.mkdir(parents=True, exist_ok=True)
    packages = Packages(arch)
    modules = Modules(packages)
    ours = options.programs or programs(arch)
    from_go = go_programs(arch)
    steps.done("root: Go programs")
    root = rootfs.root_tree(packages, modules, ours, from_go, Packages(host_arch()))
    root.write(out / "root")
    steps.done("root: files")
    base = rootfs.erofs(out / "root", out / "root.erofs")
    steps.done("root: erofs")
    built = slot.build([("base", base)])
    steps.done("root: verity")
    kernel = (packages.root / "boot" / f"vmlinuz-{packages.kernel_release()}").read_bytes()
    small = initramfs.small_tree(modules, ours)
    small_archive = initramfs.small(small)
    microcode = initramfs.microcode_tree(packages)
    early = initramfs.microcode(microcode)
    steps.done("initramfs")
    additions = cmdline.additions(options.platform, options.arg)
    text = cmdline.checked(" ".join([cmdline.base(arch, built.root), *additions]))
    (out / "kernel").write_bytes(kernel)
    (out / "initramfs").write_bytes(small_archive)
    (out / "microcode").write_bytes(early)
    (out / "cmdline").write_text(text + "\n", encoding="utf-8")
    efi = loaders.efi_partition(packages, kernel, early, small_archive, cmdline.base(arch, built.root, "A"), additions)
    steps.done("boot loaders")
    blobs = [install.Blob("kernel", kernel), install.Blob("initramfs", small_archive),
             *(install.Blob(f"microcode/{entry.path.rpartition('/')[2]}", entry.content(), ships=False)
               for entry in microcode.entries() if entry.is_file)]
    to_install = install.tree(packages, efi, len(built.data), blobs)
    (out / "initramfs-pxe").write_bytes(early + initramfs.for_ram(small_archive, built.data, to_install))
    steps.done("initramfs-pxe")
    disk.write(out / "disk.raw", packages, efi, built.data)
    steps.done("disk.raw")
    disk.compress(out / "disk.raw")
    steps.done("disk.raw.zst")
    trees = {"root": root, "initramfs": small, "microcode": microcode, "efi": efi, "install": to_install}
    (out / "manifest.txt").write_text(listing.listing(trees), encoding="utf-8")
    (out / "sbom.spdx.json").write_text(spdx.document(packages, trees, from_go.values()), encoding="utf-8")
    steps.done("manifest.txt, sbom.spdx.json")


def main():
    """Says what is wrong in one line instead of a trace."""
    try:
        build(arguments(sys.argv[1:]))
    except (ImageError, OSError) as error:
        sys.exit(f"ichor: image: {error}")


if __name__ == "__main__":
    main()
