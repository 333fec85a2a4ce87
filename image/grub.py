"""GRUB for machines that boot by BIOS: the sector of the MBR, the core image in the BIOS partition, its configuration."""

import struct
import tempfile

from image.command import ImageError, run
from image.gpt import SECTOR

_MODULES = ("biosdisk part_gpt fat normal linux16 configfile loadenv test probe echo regexp smbios reboot halt serial terminal minicmd "
            "sleep true").split()
# Offsets in boot.img, and in the last bytes of core.img's first sector: grub/i386/pc/boot.h, kernel.h.
_CORE_SECTOR, _DRIVE_CHECK = 0x5C, 0x66
_BLOCK_LIST = struct.Struct("<QHH")
_SEGMENT = 0x820
# Of an environment block. The one of requests is at the end of the BIOS partition: image/grub.cfg and lib/early/slot_request.h.
ENVIRONMENT_BYTES = 1024


def images(packages, core_sector):
    """(the code of the MBR, the core image for the BIOS partition that begins at `core_sector`)."""
    directory = packages.root / "usr/lib/grub/i386-pc"
    with tempfile.TemporaryDirectory() as work:
        output = f"{work}/core.img"
        run(["grub-mkimage", "-O", "i386-pc", "-d", directory, "-p", "(,gpt1)/grub", "-o", output, *_MODULES])
        with open(output, "rb") as file:
            core = bytearray(file.read())
    core += bytes(-len(core) % SECTOR)
    sectors = len(core) // SECTOR - 1
    if sectors > 0xFFFF:
        raise ImageError(f"GRUB's core image has {len(core)} bytes: too many")
    _BLOCK_LIST.pack_into(core, SECTOR - _BLOCK_LIST.size, core_sector + 1, sectors, _SEGMENT)
    boot = bytearray((directory / "boot.img").read_bytes())
    struct.pack_into("<Q", boot, _CORE_SECTOR, core_sector)
    boot[_DRIVE_CHECK:_DRIVE_CHECK + 2] = b"\x90\x90"  # believe no drive number but a hard disk's
    return bytes(boot[:440]), bytes(core)


def environment(**values):
    """An environment block as grub-editenv makes it."""
    text = "# GRUB Environment Block\n" + "".join(f"{name}={value}\n" for name, value in values.items())
    return text.encode().ljust(ENVIRONMENT_BYTES, b"#")
