"""Sections of a program of UEFI: the command line of a UKI or an addon."""

import struct

from image.command import ImageError

_SECTION = struct.Struct("<8sIIII16x")


def section(image, name):
    """The bytes of a section."""
    _, _, size, _, _, offset = _find(image, name)
    return bytes(image[offset:offset + size])


def with_section(image, name, data):
    """The same program with other bytes in a section, which must have room for them."""
    header, stored, _, address, room, offset = _find(image, name)
    if len(data) > room:
        raise ImageError(f"section {name} has room for {room} bytes, not for {len(data)}")
    out = bytearray(image)
    out[offset:offset + room] = data.ljust(room, b"\0")
    struct.pack_into("<8sIIII", out, header, stored, len(data), address, room, offset)
    return bytes(out)


def _find(image, name):
    """(where its header is, its name, size, address, size in the file, offset)."""
    start = struct.unpack_from("<I", image, 0x3C)[0]
    count, = struct.unpack_from("<H", image, start + 6)
    optional, = struct.unpack_from("<H", image, start + 20)
    for index in range(count):
        header = start + 24 + optional + index * _SECTION.size
        stored, size, address, room, offset = _SECTION.unpack_from(image, header)
        if stored.rstrip(b"\0") == name.encode():
            return header, stored, size, address, room, offset
    raise ImageError(f"there is no section {name}")
