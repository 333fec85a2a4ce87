"""Chooses kernel modules, unpacks them, and makes the indexes that modprobe, udev and stage 1 read."""

import fnmatch
import functools
import lzma
import multiprocessing
import re
import shutil
import tempfile
import pathlib

from image.command import ImageError, run

_SUFFIX = re.compile(r"\.ko(\.xz)?$")
_OUR_INDEXES = ("modules.dep", "modules.alias", "modules.softdep")  # what lib/early/modules.h reads
_UDEV_INDEXES = ("modules.dep.bin", "modules.alias.bin", "modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin",
                 "modules.devname")


def module_name(path):
    """The name of the module in a file: what lsmod shows."""
    return _SUFFIX.sub("", path.rpartition("/")[2]).replace("-", "_")


class Modules:
    """The modules of an architecture's kernel."""

    def __init__(self, packages):
        self.package = packages.resolve("linux-image")
        self.release = packages.kernel_release()
        self._packages = packages
        self.base = f"usr/lib/modules/{self.release}"
        files = packages.files("linux-image", f"{self.base}/kernel/*.ko*")
        self._by_name = {module_name(path): path.removeprefix(f"{self.base}/") for path in files}

    def matching(self, text):
        """The names that patterns such as those of root.modules choose."""
        rules = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        for rule in rules:
            if len(rule) != 2 or rule[0] not in "+-":
                raise ImageError(f"root.modules: expected `+ PATTERN` or `- PATTERN`, got {' '.join(rule)}")
        chosen = set()
        for name, path in self._by_name.items():
            below = path.removeprefix("kernel/")
            signs = [sign for sign, pattern in rules if fnmatch.fnmatchcase(below, pattern)]
            if signs and signs[-1] == "+":
                chosen.add(name)
        return chosen

    def named(self, text):
        """The names in a list such as stage1.modules that this kernel has as modules."""
        chosen = set()
        for line in text.splitlines():
            name = line.removeprefix("!")
            if not line or line.startswith("#"):
                continue
            if name in self._by_name:
                chosen.add(name)
            elif line.startswith("!") and name not in self._builtin:
                raise ImageError(f"{self.package} has no module {name}")
        return chosen

    @functools.cached_property
    def _builtin(self):
        return {module_name(line) for line in self._index("modules.builtin").decode().splitlines()}

    def _index(self, name):
        return (self._packages.root / self.base / name).read_bytes()

    def unpack(self, names):
        """{name: bytes} of modules and all they depend on, uncompressed, signatures kept."""
        unpacked, wanted = {}, set(names)
        with multiprocessing.Pool(2) as pool:
            while wanted:
                paths = [(name, str(self._packages.root / self.base / self._by_name[name])) for name in sorted(wanted)]
                unpacked |= dict(pool.imap_unordered(_unpacked, paths, chunksize=32))
                needed = set().union(*(dependencies(unpacked[name]) for name in wanted))
                wanted = needed - unpacked.keys() - self._builtin
        return unpacked

    def add_to(self, tree, unpacked, prefix="usr/", for_udev=True):
        """Adds modules and their indexes: the text that our own programs read, and with `for_udev` libkmod's too."""
        base = f"{prefix}lib/modules/{self.release}"
        for name, data in sorted(unpacked.items()):
            path = _SUFFIX.sub(".ko", self._by_name[name])
            tree.file(f"{base}/{path}", f"{self.package} module {name}", data)
        for name, data in self._indexes(unpacked, (*_OUR_INDEXES, *_UDEV_INDEXES) if for_udev else _OUR_INDEXES):
            tree.file(f"{base}/{name}", "ichor", data)

    def _indexes(self, unpacked, wanted):
        """What depmod makes of the modules."""
        with tempfile.TemporaryDirectory() as directory:
            base = pathlib.Path(directory) / "lib/modules" / self.release
            for name, data in unpacked.items():
                path = base / _SUFFIX.sub(".ko", self._by_name[name])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
                shutil.copyfile(self._packages.root / self.base / name, base / name)
            run(["depmod", "-b", directory, self.release])
            return [(name, (base / name).read_bytes()) for name in wanted]


def _unpacked(job):
    name, path = job
    with open(path, "rb") as file:
        data = file.read()
    return name, lzma.decompress(data) if path.endswith(".xz") else data


def dependencies(data):
    """The names of the modules that a module needs, from its .modinfo."""
    found = re.search(rb"\0depends=([^\0]*)\0", data)
    return {name.replace("-", "_") for name in found[1].decode().split(",") if name} if found else set()
