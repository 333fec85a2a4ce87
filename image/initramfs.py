"""The initramfs: stage 1, the kernel modules it may need, and in RAM media the slot."""

from image import cpio
from image.command import run
from image.paths import HERE
from image.tree import Tree

_DIRECTORIES = ("dev", "proc", "root", "run", "sys", "system")


def small_tree(modules, programs):
    """The tree of the small initramfs, as it is in a UKI."""
    tree = Tree()
    tree.file("init", "ichor program stage1", programs / "stage1", executable=True)
    for name in _DIRECTORIES:
        tree.directory(name, "ichor")
    names = modules.named((HERE / "stage1.modules").read_text(encoding="utf-8"))
    modules.add_to(tree, modules.unpack(names), prefix="", text_indexes=True)
    return tree


def small(tree):
    """Its compressed archive."""
    return run(["zstd", "-19", "--quiet", "--no-progress", "-T2", "--stdout"], data=cpio.archive(tree.entries()))


def for_ram(small_archive, slot):
    """The archive of RAM media: the slot, which is compressed inside, then the small one."""
    tree = Tree()
    tree.file("root.slot", "ichor", slot)
    return cpio.archive(tree.entries()) + small_archive
