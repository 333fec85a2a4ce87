"""The initramfs: stage 1, the kernel modules it may need, and in RAM media the slot."""

from image import cpio
from image.command import run
from image.paths import HERE
from image.tree import Tree

_MICROCODE = (("AuthenticAMD", "amd64-microcode", "amd-ucode/*.bin"), ("GenuineIntel", "intel-microcode", "intel-ucode/*"))
_DIRECTORIES = ("dev", "proc", "root", "run", "sys", "system")


def small_tree(modules, programs):
    """The tree of the small initramfs, as it is in a UKI."""
    tree = Tree()
    tree.file("init", "ichor program stage1", programs / "stage1", executable=True)
    for name in _DIRECTORIES:
        tree.directory(name, "ichor")
    names = modules.named((HERE / "stage1.modules").read_text(encoding="utf-8"))
    modules.add_to(tree, modules.unpack(names), prefix="", for_udev=False)
    return tree


def microcode_tree(packages):
    """The microcode of every processor, as the kernel looks for it before it unpacks anything; empty where there is none."""
    tree = Tree()
    if packages.arch == "amd64":
        for vendor, package, pattern in _MICROCODE:
            files = packages.files(package, f"usr/lib/firmware/{pattern}")
            tree.file(f"kernel/x86/microcode/{vendor}.bin", package, b"".join((packages.root / path).read_bytes() for path in files))
    return tree


def microcode(tree):
    """Its archive, which stands before all others and is not compressed. No bytes if there is nothing in it."""
    return cpio.archive(tree.entries()) if tree.entries() else b""


def small(tree):
    """Its compressed archive."""
    return run(["zstd", "-19", "--quiet", "--no-progress", "-T2", "--stdout"], data=cpio.archive(tree.entries()))


def for_ram(small_archive, slot, install):
    """The archive of RAM media: the slot, which is compressed inside, the tree of an install, then the small one."""
    tree = Tree()
    tree.file("root.slot", "ichor", slot)
    return _on_word(cpio.archive(tree.entries())) + _on_word(small(install)) + small_archive


def _on_word(archive):
    """The kernel looks for the next archive at a multiple of four bytes."""
    return archive + bytes(-len(archive) % 4)
