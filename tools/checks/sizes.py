"""Sizes that style.md section 3 wants discussed. They are notes: what fails by size, clang-tidy says."""

import collections
import pathlib

from common.step import check

_LINES = {".h": 200, ".cc": 500, ".py": 250}
_FILES = 30


def notes(scope):
    """One sentence for each file or directory that is larger than its size."""
    for path in scope.selected:
        limit = _LINES.get(pathlib.PurePosixPath(path).suffix)
        lines = scope.text(path).count("\n") if limit else 0
        if limit and lines > limit:
            yield f"{path} has {lines} lines; above {limit} is worth a discussion"
    in_directory = collections.Counter(str(pathlib.PurePosixPath(path).parent) for path in scope.files)
    looked_at = {str(pathlib.PurePosixPath(path).parent) for path in scope.selected}
    for directory in sorted(looked_at):
        if in_directory[directory] > _FILES:
            yield f"{directory}/ has {in_directory[directory]} files; above {_FILES} is worth a discussion"


def run(scope):
    """The check "sizes": it never fails."""
    return check([], notes(scope))
