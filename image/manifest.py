"""Reads image/root.manifest: which files of which Debian package are in the root, and what we add."""

import dataclasses
import re

from image.command import ImageError

_ARCHITECTURE = re.compile(r"(amd64|arm64): ")


@dataclasses.dataclass(frozen=True)
class Rule:
    """One line. `source` may hold wildcards; `path` is where it goes, if not where it was."""

    section: str
    source: str
    path: str | None
    line: int


def read(text, arch, triplet, name="root.manifest"):
    """The rules for an architecture. {triplet} in a line is the directory of its libraries."""
    rules, section = [], None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].rstrip()
        if not line:
            continue
        if not line.startswith(" "):
            section = line
            continue
        line = line.strip().replace("{triplet}", triplet)
        only = _ARCHITECTURE.match(line)
        if only and only[1] != arch:
            continue
        source, arrow, path = line[only.end() if only else 0:].partition(" -> ")
        if section is None or (arrow and not path) or " " in source.strip():
            raise ImageError(f"{name}:{number}: expected a section, and in it `[ARCH: ]SOURCE[ -> PATH]`")
        rules.append(Rule(section, source.strip(), path.strip() or None, number))
    return rules
