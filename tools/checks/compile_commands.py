"""The translation units of the preset `tidy`."""

import dataclasses
import functools
import json
import shlex

from common.presets import BUILD
from common.tree import ROOT

DIRECTORY = BUILD / "tidy"
_HEADER_MARK = "_verify_interface_header_sets/"


@dataclasses.dataclass(frozen=True)
class Unit:
    """One entry of compile_commands.json. `path` is relative to the checkout, `output` to build/tidy."""

    path: str
    command: str
    output: str

    def arguments(self):
        """The compiler and its arguments without what to make of the source."""
        words, kept, skip = shlex.split(self.command), [], False
        for word in words:
            if not skip and word not in ("-c", "-o"):
                kept.append(word)
            skip = word == "-o"
        return kept

    def header(self):
        """The header that a unit of header_units() compiles."""
        return self.path.split(_HEADER_MARK)[-1].removesuffix(".cxx")


@functools.cache
def units():
    """All units. build/tidy must be configured."""
    entries = json.loads((DIRECTORY / "compile_commands.json").read_text(encoding="utf-8"))
    prefix = f"{ROOT}/"
    return [Unit(entry["file"].removeprefix(prefix), entry["command"], entry["output"]) for entry in entries]


def own_units():
    """The units of our own sources: nothing generated."""
    return [unit for unit in units() if not unit.path.startswith(("build/", "/"))]


def header_units(headers=None):
    """The units that compile one header alone: for all headers, or for those named."""
    return [unit for unit in units() if _HEADER_MARK in unit.path and (headers is None or unit.header() in headers)]
