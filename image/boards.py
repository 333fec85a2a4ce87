"""The partition table of each board's disk.raw: data, in the order on the disk. ROOT-B, STATE and EPHEMERAL are made on the node."""

import dataclasses

from image.paths import MIB

_EFI = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
_BIOS = "21686148-6449-6E6F-744E-656564454649"
_LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"

LEGACY_BIOS_BOOTABLE = 1 << 2


@dataclasses.dataclass(frozen=True)
class Partition:
    """A partition by its label, which also gives its GUID."""

    label: str
    type: str
    size: int
    attributes: int = 0


ROOT_B = Partition("ROOT-B", _LINUX, 1024 * MIB)  # as it is made on the node

BOARDS = {
    "amd64": (
        Partition("EFI", _EFI, 1024 * MIB),
        Partition("BIOS", _BIOS, MIB, LEGACY_BIOS_BOOTABLE),
        Partition("ROOT-A", _LINUX, 1024 * MIB),
        Partition("META", _LINUX, MIB),
    ),
    "arm64": (
        Partition("EFI", _EFI, 1024 * MIB),
        Partition("ROOT-A", _LINUX, 1024 * MIB),
        Partition("META", _LINUX, MIB),
    ),
}
