"""For tests: a disk with two slots from the results of `./ichor image`, and what happens to it while the machine is off.

python3 -B -m image.two_slots make DISK --image DIR [--size BYTES] [--over DIR]
python3 -B -m image.two_slots arm DISK --tries N [--arg K=V …]
python3 -B -m image.two_slots commit DISK [--arg K=V …]
python3 -B -m image.two_slots flip DISK --slot S --at magic|header|superblock|PATH
python3 -B -m image.two_slots show DISK
"""

import argparse
import pathlib
import re
import struct
import sys
import tempfile

from image import gpt, grub, loaders, pe, slot
from image.boards import BOARDS, ROOT_B
from image.command import ImageError, run
from image.paths import EPOCH, MIB
from image.rootfs import stable_uuid

_A = loaders.uki_name("A", 1)
_TABLE = (*BOARDS["amd64"], ROOT_B)
_WHERE, _ = gpt.offsets(_TABLE)
_ROOM = {partition.label: partition.size for partition in _TABLE}
_ENVIRONMENT = "grub/grubenv"
_REQUESTS = _WHERE["BIOS"] + _ROOM["BIOS"] - grub.ENVIRONMENT_BYTES


def b_name(tries=None):
    """The file of slot B's UKI: newer than A's, with a counter if it is on trial."""
    name = loaders.uki_name("B", 2)
    return name if tries is None else name.replace(".efi", f"+{tries}.efi")


class Disk:
    """An image file of a disk."""

    def __init__(self, path):
        self._path = path

    def read(self, offset, size):
        """Bytes of the disk."""
        with open(self._path, "rb") as file:
            file.seek(offset)
            return file.read(size)

    def write(self, offset, data):
        """Replaces bytes of the disk."""
        with open(self._path, "r+b") as file:
            file.seek(offset)
            file.write(data)

    def mtools(self, program, *arguments):
        """Runs one of mtools on the EFI partition."""
        return run([program, "-i", f"{self._path}@@{_WHERE['EFI']}", *arguments])

    def take(self, name):
        """The bytes of a file of the EFI partition."""
        return self.mtools("mcopy", f"::{name}", "-")

    def put(self, name, data):
        """Replaces a file of the EFI partition."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            self.mtools("mcopy", "-o", file.name, f"::{name}")

    def ukis(self):
        """Names of the files that systemd-boot chooses from."""
        listed = self.mtools("mdir", "-b", "::EFI/Linux").decode().splitlines()
        return sorted(line.rsplit("/", 1)[1] for line in listed if line.endswith(".efi"))

    def environment(self):
        """GRUB's variables."""
        text = self.take(_ENVIRONMENT).decode() + self.read(_REQUESTS, grub.ENVIRONMENT_BYTES).decode()
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def slot(self, letter):
        """All bytes of a slot that are used."""
        header = self.read(_WHERE[f"ROOT-{letter}"], slot.HEADER_BYTES)
        return self.read(_WHERE[f"ROOT-{letter}"], struct.unpack_from("<Q", header, 16)[0])


def _over(directory):
    with tempfile.TemporaryDirectory() as work:
        output = pathlib.Path(work) / "over.erofs"
        run(["mkfs.erofs", "--quiet", f"-T{EPOCH}", "--all-root", output, directory])
        return output.read_bytes()


def make(options):
    """disk.raw with ROOT-B, which is A's root, or A's with `--over` stacked on it. Both are committed; B is the newer one."""
    run(["cp", "--sparse=always", options.image / "disk.raw", options.disk])
    with open(options.disk, "r+b") as file:
        boot_code = file.read(440)
        file.truncate(options.size)
        gpt.write(file, options.size, _TABLE, lambda label: stable_uuid(f"partition {label}"), boot_code)
    disk = Disk(options.disk)
    a = disk.slot("A")
    old = re.search(r"ichor\.root=([0-9a-f]{64})", (options.image / "cmdline").read_text(encoding="utf-8"))[1]
    built = slot.Slot(a, old)
    if options.over:
        built = slot.build([*slot.images(a), ("over", _over(options.over))])
    disk.write(_WHERE["ROOT-B"], built.data)
    change = {f"ichor.root={old}": f"ichor.root={built.root}", "ichor.slot=A": "ichor.slot=B"}
    uki = disk.take(f"EFI/Linux/{_A}")
    disk.put(f"EFI/Linux/{b_name()}", pe.with_section(uki, ".cmdline", _changed(pe.section(uki, ".cmdline"), change)))
    disk.mtools("mmd", f"::EFI/Linux/{b_name()}.extra.d", "::ichor/B")
    for name in ("kernel", "microcode", "initramfs"):
        disk.put(f"ichor/B/{name}", disk.take(f"ichor/A/{name}"))
    _set_additions(disk, change, [])
    disk.put(_ENVIRONMENT, grub.environment(ichor_default="B"))


def _changed(data, change):
    text = data.decode()
    for old, new in change.items():
        text = text.replace(old, new)
    return text.encode()


def _set_additions(disk, change, arguments):
    """Writes the additions of B: those of A and more."""
    source = "ichor/A/cmdline.cfg" if change else "ichor/B/cmdline.cfg"
    text = _changed(disk.take(source), change).decode()
    addition = disk.take(f"EFI/Linux/{_A}.extra.d/additions.addon.efi")
    words = " ".join([pe.section(addition, ".cmdline").decode().strip("\0 \n"), *arguments])
    text = re.sub(r'ichor_additions="[^"]*"', f'ichor_additions="{words}"', text)
    disk.put("ichor/B/cmdline.cfg", text.encode())
    disk.put(f"EFI/Linux/{b_name()}.extra.d/additions.addon.efi", pe.with_section(addition, ".cmdline", words.encode()))


def arm(options):
    """Arms B, in both loaders' records, and gives it more arguments; A is what is known good."""
    disk = Disk(options.disk)
    now = next(name for name in disk.ukis() if "-B" in name)
    wanted = b_name(options.tries)
    if now != wanted:
        disk.mtools("mren", f"::EFI/Linux/{now}", wanted)
    _set_additions(disk, {}, options.arg)
    disk.put(_ENVIRONMENT, grub.environment(ichor_default="A", ichor_try="B", ichor_tries=options.tries))


def commit(options):
    """Takes the counter away: B is the default from now on."""
    disk = Disk(options.disk)
    now = next(name for name in disk.ukis() if "-B" in name)
    if now != b_name():
        disk.mtools("mren", f"::EFI/Linux/{now}", b_name())
    _set_additions(disk, {}, options.arg)
    disk.put(_ENVIRONMENT, grub.environment(ichor_default="B"))


def flip(options):
    """Inverts a byte of a slot: the header's first or another, of the base's superblock, or in the middle of a file."""
    disk, start = Disk(options.disk), _WHERE[f"ROOT-{options.slot}"]
    if options.at in ("magic", "header"):
        offset = start + (100 if options.at == "header" else 0)
    else:
        base = start + MIB  # images are aligned to it, behind the header
        offset = base + 1024 if options.at == "superblock" else base + _offset_of(disk.slot(options.slot), options.at)
    disk.write(offset, bytes([disk.read(offset, 1)[0] ^ 0xFF]))


def _offset_of(data, path):
    """Where a file's first extent lies in the base image."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(slot.images(data)[0][1])
        file.flush()
        said = run(["dump.erofs", f"--path={path}", "-e", file.name]).decode()
    found = re.search(r"^\s*0:.*:\s*(\d+)\.\.\s*(\d+)", said, re.MULTILINE)
    if not found:
        raise ImageError(f"{path}: dump.erofs names no extent:\n{said}")
    return (int(found[1]) + int(found[2])) // 2


def show(options):
    """Prints what the loaders know."""
    disk = Disk(options.disk)
    print("uki " + "\nuki ".join(disk.ukis()))
    for name, value in disk.environment().items():
        print(f"grub {name}={value}")


def main():
    """Says what is wrong in one line instead of a trace."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for function in (make, arm, commit, flip, show):
        command = commands.add_parser(function.__name__, help=function.__doc__)
        command.set_defaults(run=function)
        command.add_argument("disk", type=pathlib.Path)
        if function is make:
            command.add_argument("--image", type=pathlib.Path, required=True)
            command.add_argument("--size", type=int, default=6 << 30)
            command.add_argument("--over", type=pathlib.Path)
        if function is arm:
            command.add_argument("--tries", type=int, required=True)
        if function in (arm, commit):
            command.add_argument("--arg", action="append", default=[])
        if function is flip:
            command.add_argument("--slot", choices=("A", "B"), required=True)
            command.add_argument("--at", required=True)
    options = parser.parse_args()
    try:
        options.run(options)
    except (ImageError, OSError) as error:
        sys.exit(f"ichor: two_slots: {error}")


if __name__ == "__main__":
    main()
