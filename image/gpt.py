"""Writes a GUID partition table (UEFI specification, chapter 5): sectors of 512 bytes, 128 entries, both copies."""

import struct
import uuid
import zlib

from image.paths import MIB

SECTOR = 512
_ENTRIES = 128
_ENTRY_BYTES = 128
_TABLE_SECTORS = _ENTRIES * _ENTRY_BYTES // SECTOR
_HEADER_BYTES = 92


def offsets(partitions):
    """{label: first byte}, each at the next whole MiB, and the size of a disk that just holds them."""
    where, position = {}, MIB
    for partition in partitions:
        where[partition.label] = position
        position += -(-partition.size // MIB) * MIB
    return where, position + MIB


def write(file, size, partitions, guid_of, boot_code=b""):
    """Writes protective MBR and both tables into an open file. `guid_of` gives the GUID of a label, and of "disk"."""
    where, _ = offsets(partitions)
    sectors = size // SECTOR
    table = b"".join(_entry(partition, where[partition.label], guid_of) for partition in partitions)
    table = table.ljust(_ENTRIES * _ENTRY_BYTES, b"\0")
    _at(file, 0, _protective_mbr(sectors, boot_code))
    _at(file, 1, _header(1, sectors - 1, 2, sectors, guid_of("disk"), table))
    _at(file, 2, table)
    _at(file, sectors - 1 - _TABLE_SECTORS, table)
    _at(file, sectors - 1, _header(sectors - 1, 1, sectors - 1 - _TABLE_SECTORS, sectors, guid_of("disk"), table))


def _at(file, sector, data):
    file.seek(sector * SECTOR)
    file.write(data)


def _entry(partition, offset, guid_of):
    first, last = offset // SECTOR, (offset + partition.size) // SECTOR - 1
    return struct.pack("<16s16sQQQ72s", uuid.UUID(partition.type).bytes_le, guid_of(partition.label).bytes_le,
                       first, last, partition.attributes, partition.label.encode("utf-16-le"))


def _header(own, other, table_sector, sectors, guid, table):
    first, last = 2 + _TABLE_SECTORS, sectors - 2 - _TABLE_SECTORS
    fields = [b"EFI PART", 0x10000, _HEADER_BYTES, 0, 0, own, other, first, last, guid.bytes_le, table_sector,
              _ENTRIES, _ENTRY_BYTES, zlib.crc32(table)]
    layout = struct.Struct("<8sIIIIQQQQ16sQIII")
    fields[3] = zlib.crc32(layout.pack(*fields))
    return layout.pack(*fields).ljust(SECTOR, b"\0")


def _protective_mbr(sectors, boot_code):
    """One partition over the whole disk. With boot code it is marked active: some BIOSes boot nothing else."""
    active = 0x80 if boot_code else 0
    row = struct.pack("<B3sB3sII", active, b"\x00\x02\x00", 0xEE, b"\xff\xff\xff", 1, min(sectors - 1, 0xFFFFFFFF))
    return boot_code[:440].ljust(446, b"\0") + row.ljust(64, b"\0") + b"\x55\xaa"
