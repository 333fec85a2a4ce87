"""Which libraries a root's programs need, and whether they are there."""

import pathlib
import re

from image.command import run

_FILE = re.compile(r"^File: (.*)$")
_NEEDED = re.compile(r"\(NEEDED\).*\[(.*)\]")

# What programs open by themselves when they need it, so that no ELF header names it.
_OPENED = {"libkmod.so.2"}


def problems(root):
    """Texts about libraries that are missing below `root`, or that nothing needs."""
    programs = [path for path in pathlib.Path(root).rglob("*")
                if path.is_file() and not path.is_symlink() and _is_elf(path) and path.suffix != ".ko"]
    provided = {path.name for path in programs}
    needed = set()
    for path, name in _needed(programs):
        needed.add(name)
        if name not in provided:
            yield f"/{path.relative_to(root)} needs {name}, which is not there"
    for path in programs:
        if ".so" in path.name and path.name not in needed | _OPENED and not path.name.startswith("ld-"):
            yield f"/{path.relative_to(root)} is needed by nothing"


def _is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def _needed(programs):
    if not programs:
        return
    path = programs[0]
    for line in run(["readelf", "-dW", *programs]).decode().splitlines():
        if found := _FILE.match(line):
            path = pathlib.Path(found[1])
        elif found := _NEEDED.search(line):
            yield path, found[1]
