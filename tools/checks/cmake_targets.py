"""The targets that the CMakeLists.txt files define, as far as the checks need them."""

import dataclasses
import pathlib
import re

_CALL = re.compile(r"\bnode_(?:module|program)\s*\(([^)]*)\)")
_SECTIONS = ("HDRS", "SRCS", "TESTS", "FUZZ", "DEPS", "TEST_DEPS")


@dataclasses.dataclass
class Target:
    """One node_module() or node_program(). Files are relative to the checkout; `files` are HDRS and SRCS."""

    name: str
    cmake: str
    line: int
    headers: list
    sources: list
    tests: list
    deps: list

    @property
    def files(self):
        return self.headers + self.sources


def targets(scope):
    """All targets of the tree."""
    found = []
    for path in scope.files:
        if pathlib.PurePosixPath(path).name == "CMakeLists.txt":
            text = _without_comments(scope.text(path))
            found += [_target(path, text, match) for match in _CALL.finditer(text)]
    return found


def words(scope, path):
    """Every word of a CMake file that could name a file."""
    return set(re.split(r'[\s()"]+', _without_comments(scope.text(path))))


def _without_comments(text):
    return re.sub(r"#[^\n]*", "", text)


def _target(path, text, match):
    name, sections, current = "", {section: [] for section in _SECTIONS}, None
    for word in match[1].split():
        if word in _SECTIONS:
            current = word
        elif current:
            sections[current].append(word)
        elif not name:
            name = word
    directory = pathlib.PurePosixPath(path).parent

    def paths(*keys):
        return [str(directory / word) for key in keys for word in sections[key]]

    return Target(name, path, text.count("\n", 0, match.start()) + 1, paths("HDRS"), paths("SRCS"),
                  paths("TESTS", "FUZZ"), sections["DEPS"])
