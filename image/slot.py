"""A slot: a header, then images, each followed by its dm-verity tree. docs/boot.md has the layout."""

import dataclasses
import hashlib
import struct

from image import verity
from image.paths import MIB

HEADER_BYTES = 65_536
_MAGIC = b"ICHORSLT"
_VERSION = 1
_MOST_IMAGES = 16
_FIRST_ROW = 64
_ROW = struct.Struct("<64sQQQQ32s32s96x")


@dataclasses.dataclass(frozen=True)
class Slot:
    """The bytes of a slot, and the SHA-256 of its header: what `ichor.root` says."""

    data: bytes
    root: str


def build(images):
    """A slot of (name, bytes), the base first. Sizes must be whole blocks. A salt is the hash of its image."""
    if not 1 <= len(images) <= _MOST_IMAGES:
        raise ValueError(f"{len(images)} images: expected 1 to {_MOST_IMAGES}")
    header, body = bytearray(HEADER_BYTES), bytearray()
    for index, (name, data) in enumerate(images):
        start = _aligned(HEADER_BYTES + len(body), MIB)
        body += bytes(start - HEADER_BYTES - len(body))
        salt = hashlib.sha256(data).digest()
        hashes, root = verity.tree(data, salt)
        row = _ROW.pack(name.encode(), start, len(data), start + len(data), len(hashes), root, salt)
        offset = _FIRST_ROW + index * _ROW.size
        header[offset:offset + _ROW.size] = row
        body += data
        body += hashes
    struct.pack_into("<8sIIQ", header, 0, _MAGIC, _VERSION, len(images), HEADER_BYTES + len(body))
    return Slot(bytes(header + body), hashlib.sha256(header).hexdigest())


def images(data):
    """[(name, bytes)] of a slot: for those who look into one."""
    magic, version, count, _ = struct.unpack_from("<8sIIQ", data)
    if magic != _MAGIC or version != _VERSION:
        raise ValueError("not a slot")
    rows = [_ROW.unpack_from(data, _FIRST_ROW + index * _ROW.size) for index in range(count)]
    return [(row[0].rstrip(b"\0").decode(), data[row[1]:row[1] + row[2]]) for row in rows]


def _aligned(value, to):
    return -(-value // to) * to
