"""What RAM media carry so that a node that runs from them can install itself: docs/boot.md, "What an install is made from"."""

import dataclasses

from image import gpt, grub
from image.boards import BOARDS
from image.command import ImageError
from image.tree import Tree

_MAGIC = "ichor-install 1"


@dataclasses.dataclass(frozen=True)
class Blob:
    """A file beside the plan that others consist of. Without `ships`, stage 1 puts it there."""

    name: str
    data: bytes
    ships: bool = True


class _Pieces:
    """Says of what pieces of blobs some bytes consist. What is in no blob is gathered in one more, `rest`."""

    def __init__(self, blobs):
        self._blobs = [blob for blob in blobs if blob.data]
        self.rest = bytearray()

    def of(self, data):
        """"NAME OFFSET SIZE ..." for all of `data`."""
        words, at = [], 0
        while at < len(data):
            start, blob = min(((found, blob) for blob in self._blobs if (found := data.find(blob.data, at)) >= 0),
                              key=lambda place: place[0], default=(len(data), None))
            if start > at:
                words += ["rest", len(self.rest), start - at]
                self.rest += data[at:start]
            if blob is not None:
                words += [blob.name, 0, len(blob.data)]
            at = start + (len(blob.data) if blob is not None else 0)
        return " ".join(map(str, words))


def _partitions(packages):
    """Lines that say the table of the board: label, type, size, attributes."""
    return [f"partition {partition.label} {partition.type} {partition.size} {partition.attributes}"
            for partition in BOARDS[packages.arch]]


def _bios(packages, pieces):
    """Lines for what GRUB has outside of file systems."""
    where, _ = gpt.offsets(BOARDS[packages.arch])
    if "BIOS" not in where:
        return []
    room = {partition.label: partition.size for partition in BOARDS[packages.arch]}["BIOS"]
    boot_code, core = grub.images(packages, where["BIOS"] // gpt.SECTOR)
    return [f"boot-code {pieces.of(boot_code)}", f"bytes BIOS 0 {pieces.of(core)}",
            f"bytes BIOS {room - grub.ENVIRONMENT_BYTES} {pieces.of(grub.environment())}"]


def tree(packages, efi, slot_bytes, blobs):
    """The tree of /install in the initramfs. `efi` is the tree of the EFI partition, `slot_bytes` the size of the slot."""
    pieces = _Pieces(blobs)
    lines = [_MAGIC, *_partitions(packages), *_bios(packages, pieces), f"bytes ROOT-A 0 root.slot 0 {slot_bytes}"]
    for entry in efi.entries():
        if " " in entry.path:
            raise ImageError(f"EFI partition: \"{entry.path}\" has a blank, and an install is told in words")
        lines.append(f"file {entry.path} {pieces.of(entry.content())}".rstrip() if entry.is_file else f"directory {entry.path}")
    out = Tree()
    out.file("install/plan", "ichor", ("\n".join(lines) + "\n").encode())
    out.file("install/rest", "ichor", bytes(pieces.rest))
    for blob in blobs:
        if blob.ships:
            out.file(f"install/{blob.name}", "ichor", blob.data)
    return out
