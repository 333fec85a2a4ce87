"""What a check looks at, and how it says where something is wrong."""

import dataclasses
import functools
import pathlib

from checks.allow import AllowList
from common.tree import ROOT

CPP_SUFFIXES = (".h", ".cc")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, in one line of a file."""

    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


@dataclasses.dataclass
class Scope:
    """All own files, those among them to be checked, and the allow-list. Paths are relative to `root`. `seconds` is how long clang-tidy may
    take over sources that it does not know, None: as long as it takes."""

    files: list
    selected: list
    everything: bool = True
    seconds: float | None = None
    root: pathlib.Path = ROOT

    @functools.cached_property
    def allow(self):
        """The exceptions of tools/checks/allow.txt."""
        return AllowList.read(self.root / "tools/checks/allow.txt")

    def cpp(self):
        """The C++ files to be checked."""
        return [path for path in self.selected if path.endswith(CPP_SUFFIXES)]

    def text(self, path):
        """A file's text; what is not UTF-8 in it is replaced."""
        return (self.root / path).read_text(encoding="utf-8", errors="replace")
