"""Writes the archive that the kernel unpacks as its initramfs (cpio's "newc" form)."""

import stat

from image.paths import EPOCH

_TRAILER = "TRAILER!!!"


def archive(entries):
    """The archive of entries of a Tree, in their order, owned by root, times and inode numbers fixed."""
    parts = []
    for number, entry in enumerate(entries, 1):
        if entry.target is not None:
            kind, data = stat.S_IFLNK, entry.target.encode()
        elif entry.is_file:
            kind, data = stat.S_IFREG, entry.content()
        else:
            kind, data = stat.S_IFDIR, b""
        parts.append(_record(entry.path, number, kind | entry.mode, data))
    parts.append(_record(_TRAILER, 0, 0, b""))
    return b"".join(parts)


def files(data):
    """({path: bytes} of the archive at the beginning of `data`, the bytes that it takes)."""
    found, at = {}, 0
    while True:
        fields = [int(data[at + 6 + 8 * index:at + 14 + 8 * index], 16) for index in range(13)]
        size, name_bytes = fields[6], fields[11]
        name = data[at + 110:at + 110 + name_bytes - 1].decode()
        start = at + -(-(110 + name_bytes) // 4) * 4
        at = start + -(-size // 4) * 4
        if name == _TRAILER:
            return found, at
        found[name] = data[start:start + size]


def _record(name, inode, mode, data):
    encoded = name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    time = EPOCH if name != _TRAILER else 0
    fields = (inode, mode, 0, 0, links, time, len(data), 0, 0, 0, 0, len(encoded), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(header + encoded) + _padded(data)


def _padded(data):
    return data + bytes(-len(data) % 4)
