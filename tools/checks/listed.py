"""Every source and header of ours is compiled: a CMakeLists.txt names it.

A header need not be named if the source beside it is: that includes it first.
"""

import pathlib

from checks import cmake_targets
from checks.layers import room_of
from checks.scope import Finding
from common.step import check


def findings(scope):
    """The files that no CMakeLists.txt of their directory, or of one above, leads to."""
    known = {path: cmake_targets.words(scope, path) for path in scope.files if path.split("/")[-1] == "CMakeLists.txt"}
    for path in scope.cpp():
        if room_of(path) is None or _is_named(path, known) or _is_named(path.removesuffix(".h") + ".cc", known):
            continue
        if not scope.allow.permits("listed", path):
            kind = "it is dead code" if path.endswith(".cc") else "nothing checks that it compiles alone"
            yield Finding(path, 1, f"no CMakeLists.txt names this file: {kind}")


def _is_named(path, known):
    for directory in pathlib.PurePosixPath(path).parents:
        if str(pathlib.PurePosixPath(path).relative_to(directory)) in known.get(str(directory / "CMakeLists.txt"), ()):
            return True
    return False


def run(scope):
    """The check "listed"."""
    return check(sorted(findings(scope)))
