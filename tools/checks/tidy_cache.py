"""Remembers which sources clang-tidy found clean: by the content of every file that the compiler reads for them.

Comments are part of that content, since NOLINT is one and lines are counted; so preprocessed text would not do.
"""

import hashlib
import json
import os
import pathlib

from common.process import run as run_command
from common.tree import ROOT

_SYSROOT = pathlib.Path("/sysroot/amd64/usr/include")
_KEPT = 6  # states of one source that are remembered: those of a few branches


class TidyCache:
    """One file per source and command, with the last states of the source that were clean."""

    def __init__(self, directory, parts):
        """`parts` is what else a result depends on, beside sources, configuration and sysroot."""
        self.directory = directory
        self.hashes = {}
        self.base = repr((_hash(ROOT / ".clang-tidy"), _tree_state(_SYSROOT), [str(part) for part in parts]))

    def is_clean(self, unit):
        """Whether the source was clean when every file it reads was as now."""
        return any(all(self._known_hash(path) == digest for path, digest in state.items()) for state in self._states(unit))

    def state_of(self, unit):
        """The files outside of the sysroot that the unit reads, with their hashes; None if it does not compile."""
        listed = run_command([*unit.arguments(), "-M", "-MF", "-", "-MT", "x"], cwd=ROOT / "build/tidy", merge=False)
        if not listed.ok:
            return None
        words = listed.stdout.replace("\\\n", " ").removeprefix("x:").split()
        paths = {os.path.normpath(ROOT / "build/tidy" / word) for word in words}
        return {path: self._known_hash(path) for path in sorted(paths) if path.startswith(f"{ROOT}/")}

    def add_clean(self, unit, state):
        """Remembers the state, unless a file has changed since it was taken."""
        if state is None or any(_hash(path) != digest for path, digest in state.items()):
            return
        states = [state] + [old for old in self._states(unit) if old != state]
        entry = self._entry(unit)
        entry.parent.mkdir(parents=True, exist_ok=True)
        new = entry.with_suffix(f".{os.getpid()}.new")
        new.write_text(json.dumps(states[:_KEPT]), encoding="utf-8")
        new.rename(entry)

    def _states(self, unit):
        try:
            return json.loads(self._entry(unit).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []

    def _entry(self, unit):
        key = hashlib.sha256(repr((unit.path, unit.command, self.base)).encode()).hexdigest()
        return self.directory / key[:2] / f"{key}.json"

    def _known_hash(self, path):
        if path not in self.hashes:
            self.hashes[path] = _hash(path)
        return self.hashes[path]


def _hash(path):
    """The hash of a file's content, None if it cannot be read."""
    try:
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    except OSError:
        return None


def _tree_state(directory):
    """A hash over names, sizes and times of a tree that only the package manager writes."""
    digest = hashlib.sha256()
    for parent, directories, files in os.walk(directory):
        directories.sort()
        for name in sorted(files):
            state = os.lstat(os.path.join(parent, name))
            digest.update(f"{parent}/{name} {state.st_size} {int(state.st_mtime)}\n".encode())
    return digest.hexdigest()
