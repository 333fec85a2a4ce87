"""What is on the EFI partition: systemd-boot with a UKI per slot, and the same kernel and initramfs for GRUB."""

import tempfile

from image import cmdline, grub, pe
from image.command import run
from image.paths import EFI_ARCH, EPOCH, HERE
from image.rootfs import version
from image.tree import Tree

_DEFAULT_NAME = {"x64": "BOOTX64.EFI", "aa64": "BOOTAA64.EFI"}
_LOADER_CONF = b"timeout menu-hidden\nconsole-mode keep\neditor no\nauto-firmware no\nsecure-boot-enroll off\n"


def uki_name(slot, generation=1):
    """The file of a slot's UKI. systemd-boot takes the greatest name whose tries are not used up: UKIs carry no version."""
    return f"ichor-{generation:06}-{slot}.efi"


def unified_kernel(packages, kernel, initramfs, command_line):
    """The UKI: kernel, initramfs and command line in one program of UEFI."""
    efi = EFI_ARCH[packages.arch]
    stub = packages.root / f"usr/lib/systemd/boot/efi/linux{efi}.efi.stub"
    with tempfile.TemporaryDirectory() as work:
        output = f"{work}/uki.efi"
        inputs = {"kernel": kernel, "initramfs": initramfs, "cmdline": command_line.encode(),
                  "osrel": f'NAME="Ichor"\nID=ichor\nPRETTY_NAME="Ichor {version()}"\n'.encode()}
        for name, data in inputs.items():
            with open(f"{work}/{name}", "wb") as file:
                file.write(data)
        run(["ukify", "build", f"--linux={work}/kernel", f"--initrd={work}/initramfs", f"--cmdline=@{work}/cmdline",
             f"--os-release=@{work}/osrel", f"--uname={packages.kernel_release()}", f"--stub={stub}", f"--efi-arch={efi}",
             f"--output={output}"])
        with open(output, "rb") as file:
            return file.read()


def addon(packages, additions):
    """An addon: arguments that systemd-stub puts behind those of the UKI. It has room for more."""
    efi = EFI_ARCH[packages.arch]
    stub = packages.root / f"usr/lib/systemd/boot/efi/addon{efi}.efi.stub"
    with tempfile.TemporaryDirectory() as work:
        output = f"{work}/addon.efi"
        run(["ukify", "build", f"--cmdline={'x' * cmdline.ADDITIONS}", f"--stub={stub}", f"--efi-arch={efi}", f"--output={output}"])
        with open(output, "rb") as file:
            return pe.with_section(file.read(), ".cmdline", " ".join(additions).encode())


def efi_partition(packages, kernel, microcode, initramfs, base, additions):
    """The tree of the EFI partition with slot A. `base` is the command line, `additions` the words behind it."""
    tree = Tree()
    efi = EFI_ARCH[packages.arch]
    tree.file(f"EFI/BOOT/{_DEFAULT_NAME[efi]}", "systemd-boot-efi",
              packages.root / f"usr/lib/systemd/boot/efi/systemd-boot{efi}.efi")
    tree.file("loader/loader.conf", "ichor", _LOADER_CONF)
    uki = f"EFI/Linux/{uki_name('A')}"
    tree.file(uki, "ichor", unified_kernel(packages, kernel, microcode + initramfs, base))
    if additions:
        tree.file(f"{uki}.extra.d/additions.addon.efi", "ichor", addon(packages, additions))
    if packages.arch == "amd64":
        tree.file("grub/grub.cfg", "ichor", HERE / "grub.cfg")
        tree.file("grub/grubenv", "ichor", grub.environment(ichor_default="A"))
        tree.file("ichor/A/kernel", packages.resolve("linux-image"), kernel)
        tree.file("ichor/A/microcode", "ichor", microcode)
        tree.file("ichor/A/initramfs", "ichor", initramfs)
        tree.file("ichor/A/cmdline.cfg", "ichor", grub_variables(base, additions))
    return tree


def grub_variables(base, additions):
    """The file that grub.cfg reads for a slot, with room for more additions."""
    words = " ".join(additions)
    room = "\n" * (cmdline.ADDITIONS - len(words))
    return f'set ichor_base="{base}"\nset ichor_additions="{words}"\n{room}'.encode()


def write_fat(disk, offset, size, tree):
    """Makes the FAT file system inside a disk image and copies the tree into it."""
    run(["mkfs.vfat", "-F32", "-S512", "-s8", "-i1C480000", "-nEFI", "--invariant", f"--offset={offset // 512}", disk, size // 1024])
    with tempfile.TemporaryDirectory() as work:
        for entry in tree.entries():
            inside = f"::{entry.path}"
            if entry.is_file:
                path = f"{work}/file"
                with open(path, "wb") as file:
                    file.write(entry.content())
                run(["touch", f"--date=@{EPOCH}", path])
                run(["mcopy", "-m", "-i", f"{disk}@@{offset}", path, inside])
            else:
                run(["mmd", "-i", f"{disk}@@{offset}", inside])
