"""The extracted Debian packages of one architecture: which there are, and which file is whose."""

import collections
import dataclasses
import fnmatch
import re

from image.command import ImageError
from image.paths import PACKAGES


@dataclasses.dataclass(frozen=True)
class Package:
    """A Debian package as it was extracted."""

    name: str
    version: str
    arch: str
    source: str
    source_version: str


class Packages:
    """The tree /packages/ARCH and the lists that image/record_packages.sh made of it."""

    def __init__(self, arch):
        self.arch = arch
        self.root = PACKAGES / arch
        rows = [line.split("\t") for line in _lines(self.root / "packages.tsv")]
        self.packages = {row[0]: Package(*row) for row in rows}
        self._files = collections.defaultdict(list)
        self._owner = {}
        for line in _lines(self.root / "files.tsv"):
            package, path = line.split("\t", 1)
            self._files[package].append(path)
            self._owner[path] = package

    def resolve(self, name):
        """The name of a package. `linux-image` is the one whose name carries the kernel's version."""
        if name == "linux-image":
            found = [package for package in self.packages if re.fullmatch(r"linux-image-\d.*", package)]
            if len(found) != 1:
                raise ImageError(f"{self.root}: expected one kernel, found {found}")
            return found[0]
        if name not in self.packages:
            raise ImageError(f"{self.root} has no package {name}: add it to image/packages")
        return name

    def kernel_release(self):
        """What `uname -r` will say."""
        return self.resolve("linux-image").removeprefix("linux-image-")

    def files(self, name, pattern):
        """The paths of a package that match. `*` matches slashes too. None is an error: the manifest is out of date."""
        package = self.resolve(name)
        found = fnmatch.filter(self._files[package], pattern)
        if not found:
            raise ImageError(f"{package} {self.packages[package].version} ({self.arch}) has no file {pattern}")
        return sorted(found)

    def owner(self, path):
        """The package of a file, or None."""
        return self._owner.get(path)


def _lines(path):
    return path.read_text(encoding="utf-8").splitlines()
