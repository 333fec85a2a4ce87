"""A file tree in memory: what will be in a root or an initramfs, and where each file comes from."""

import dataclasses
import os
import pathlib
import shutil

from image.command import ImageError
from image.paths import EPOCH


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file (`source` or `data`), a link (`target`) or a directory (neither). `origin` names package, module or us."""

    path: str
    origin: str
    mode: int
    source: pathlib.Path | None = None
    data: bytes | None = None
    target: str | None = None

    @property
    def is_file(self):
        """Neither link nor directory."""
        return self.source is not None or self.data is not None

    def content(self):
        """The bytes of a file."""
        return self.data if self.data is not None else self.source.read_bytes()


class Tree:
    """Entries by path, without leading slash. Directories above an entry come by themselves. All belongs to root."""

    def __init__(self):
        self._entries = {}

    def file(self, path, origin, source, executable=False):
        """Adds a file from elsewhere (a path) or of our making (bytes)."""
        mode = 0o755 if executable else 0o644
        content = {"data": source} if isinstance(source, bytes) else {"source": source}
        self._add(Entry(path, origin, mode, **content))

    def link(self, path, origin, target):
        """Adds a symbolic link."""
        self._add(Entry(path, origin, 0o777, target=target))

    def directory(self, path, origin, mode=0o755):
        """Adds a directory. Adding it twice is no error."""
        if self._entries.get(path) != Entry(path, origin, mode):
            self._entries.pop(path, None)
            self._add(Entry(path, origin, mode))

    def entries(self):
        """All entries, sorted so that a directory comes before what is in it."""
        return sorted(self._entries.values(), key=lambda entry: entry.path.split("/"))

    def __contains__(self, path):
        return path in self._entries

    def _add(self, entry):
        if entry.path in self._entries:
            raise ImageError(f"/{entry.path} of {entry.origin} is there already, from {self._entries[entry.path].origin}")
        parent = entry.path.rpartition("/")[0]
        if parent and parent not in self._entries:
            self.directory(parent, "ichor")
        if parent and (self._entries[parent].is_file or self._entries[parent].target is not None):
            raise ImageError(f"/{entry.path} of {entry.origin}: /{parent} is no directory")
        self._entries[entry.path] = entry

    def write(self, directory):
        """Writes everything below a new directory. Owners and times are left to who packs it."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for entry in self.entries():
            path = directory / entry.path
            if entry.target is not None:
                path.symlink_to(entry.target)
            elif not entry.is_file:
                path.mkdir()
                path.chmod(entry.mode)
            else:
                if entry.source is not None:
                    shutil.copyfile(entry.source, path)
                else:
                    path.write_bytes(entry.data)
                path.chmod(entry.mode)
                os.utime(path, (EPOCH, EPOCH))
