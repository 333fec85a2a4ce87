"""Reads as much of an ELF file as it takes to say whether it is one of our release programs."""

import struct

_MACHINES = {"amd64": 62, "arm64": 183}
_ET_DYN, _PT_DYNAMIC, _PT_INTERP = 3, 2, 3
_DT_NEEDED, _DT_FLAGS_1, _DF_1_PIE = 1, 0x6FFFFFFB, 0x08000000
_SHT_SYMTAB = 2


def problems(data, architecture):
    """What is wrong with a program that should be static-pie, stripped and of this architecture, as sentences."""
    if data[:6] != b"\x7fELF\x02\x01":
        return ["is no 64-bit little-endian ELF file"]
    kind, machine = struct.unpack_from("<HH", data, 16)
    segments, sections = _segments(data), _sections(data)
    dynamic = _dynamic(data, segments)
    found = []
    if machine != _MACHINES[architecture]:
        found.append(f"is for machine {machine}, not {architecture}")
    if kind != _ET_DYN or not any(tag == _DT_FLAGS_1 and value & _DF_1_PIE for tag, value in dynamic):
        found.append("is not position-independent")
    if any(segment == _PT_INTERP for segment, _, _ in segments):
        found.append("asks for a dynamic loader")
    if any(tag == _DT_NEEDED for tag, _ in dynamic):
        found.append("needs a shared library")
    if _SHT_SYMTAB in sections:
        found.append("is not stripped")
    return found


def _segments(data):
    """(type, offset, size in the file) of each segment."""
    (start,), (size, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQ", data, start + size * index) for index in range(count)]
    return [(kind, offset, length) for kind, _, offset, _, _, length in headers]


def _sections(data):
    """The type of each section."""
    (start,), (size, count) = struct.unpack_from("<Q", data, 40), struct.unpack_from("<HH", data, 58)
    return [struct.unpack_from("<I", data, start + size * index + 4)[0] for index in range(count)]


def _dynamic(data, segments):
    """(tag, value) of each entry of the dynamic section."""
    return [struct.unpack_from("<QQ", data, position) for kind, offset, size in segments if kind == _PT_DYNAMIC
            for position in range(offset, offset + size, 16)]
