"""disk.raw: partition table, boot loaders, slot A. Sparse; what nobody writes stays a hole."""

from image import gpt, grub, loaders
from image.boards import BOARDS
from image.command import ImageError, run
from image.rootfs import stable_uuid


def write(path, packages, efi_tree, slot):
    """Makes the image of a disk just large enough."""
    partitions = BOARDS[packages.arch]
    where, size = gpt.offsets(partitions)
    room = {partition.label: partition.size for partition in partitions}
    if len(slot) > room["ROOT-A"]:
        raise ImageError(f"the slot has {len(slot)} bytes, its partition {room['ROOT-A']}")
    path.unlink(missing_ok=True)
    boot_code = b""
    with open(path, "wb") as file:
        file.truncate(size)
    with open(path, "r+b") as file:
        if "BIOS" in where:
            boot_code, core = grub.images(packages, where["BIOS"] // gpt.SECTOR)
            if len(core) > room["BIOS"] - grub.ENVIRONMENT_BYTES:
                raise ImageError(f"GRUB's core image has {len(core)} bytes, its partition {room['BIOS']}")
            file.seek(where["BIOS"])
            file.write(core)
            file.seek(where["BIOS"] + room["BIOS"] - grub.ENVIRONMENT_BYTES)
            file.write(grub.environment())
        gpt.write(file, size, partitions, lambda label: stable_uuid(f"partition {label}"), boot_code)
        file.seek(where["ROOT-A"])
        file.write(slot)
    loaders.write_fat(path, where["EFI"], room["EFI"], efi_tree)


def compress(path):
    """Writes PATH.zst. The kernel is there twice, within the window of --long."""
    run(["zstd", "-3", "--long=27", "-T2", "--quiet", "--force", "--no-progress", path, "-o", f"{path}.zst"])
