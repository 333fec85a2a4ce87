"""The images of a test cluster, kept in the cache by what they are made from."""

import fcntl
import hashlib
import pathlib
import shutil

from cluster import contents, modules, oci, registry
from cluster.paths import CACHE, PACKAGES
from common.tree import ROOT

_RECIPE = ("tools/cluster/contents.py", "tools/cluster/oci.py", "tools/cluster/registry.py", "image/tree.py", "image/paths.py")


def key(arch):
    """What the bytes of the images depend on, as a word. The packages' versions are part of it."""
    digest = hashlib.sha256("\n".join(modules.key(module, arch) for module in modules.ALL).encode())
    for path in (*(ROOT / name for name in _RECIPE), PACKAGES / "packages.tsv"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def directory(arch):
    """Where the images are once they are made: `layout`, as the OCI specification has it, and `registry`, the storage of a
    registry that holds the same blobs."""
    return CACHE / "images" / f"{arch}-{key(arch)}"


def compiled(arch):
    """Whether the programs in them are in the cache, so that they are made in seconds."""
    return all(modules.directory(module, arch).is_dir() for module in modules.ALL)


def ensure(arch, say=lambda words: None):
    """The directory of an architecture's images, made if it is not there. BuildError if that cannot be.

    `say` gets a word before each thing that takes long. Blocks for minutes the first time.
    """
    modules.check_kubernetes_version()
    whole = directory(arch)
    if whole.is_dir():
        return whole
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return whole if whole.is_dir() else _make(arch, whole, say)


def _make(arch, whole, say):
    programs = {}
    for module in modules.ALL:
        say(f"{module.name} {module.version()} for {arch}")
        programs[module.name] = modules.build(module, arch)
    say(f"the images for {arch}")
    new = whole.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    write(new / "layout", arch, programs)
    registry.write_storage(new / "registry", new / "layout")
    return new.rename(whole)


def write(layout_directory: pathlib.Path, arch, programs):
    """Writes the layout of all images; `programs` maps the name of a module to the directory of its programs."""
    layout = oci.Layout(layout_directory)
    trees = contents.layers(programs)
    layers = {name: layout.layer(tree) for name, tree in trees.items()}
    for image in contents.images():
        layout.image(image.references, arch, [layers[name] for name in image.layers], image.config)
    layout.finish()
