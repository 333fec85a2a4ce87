"""A process in the guest that answers the host (qemu-tests/agent): how it gets there, and how it is asked.

It comes in an archive behind the initramfs, so it exists where QEMU gives the kernel its initramfs, and nowhere else.
"""

import os
import socket
import sys
import uuid

from common.presets import BUILD
from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from image import cpio
from image.tree import Tree

_PATIENCE_SECONDS = 60
_SECTOR = 512


def initramfs_with_agent(arch, initramfs, program=None):
    """The bytes of an initramfs whose /init is the agent, which executes the one that was there.

    `program` is one of ours that the agent can run.
    """
    programs = BUILD / f"release-{arch}/bin"
    tree = Tree()
    tree.file("init", "harness", programs / "guest-agent", executable=True)
    tree.file("init.stage1", "ichor program stage1", programs / "stage1", executable=True)
    if program is not None:
        tree.file("program", "harness", programs / program, executable=True)
    data = initramfs.read_bytes()
    return data + bytes(-len(data) % 4) + cpio.archive(tree.entries())


def command_line_of_disk(image):
    """The command line of the slot A of disk.raw, as GRUB gives it: with the partition that the loader came from. It is another one once the disk
    was accepted as a node's."""
    with open(image / "disk.raw", "rb") as disk:
        disk.seek(2 * _SECTOR)
        first = disk.read(32)  # the first entry of the table: its type, then its own GUID
    text = (image / "cmdline").read_text(encoding="utf-8").strip()
    return f"{text} ichor.slot=A ichor.disk={uuid.UUID(bytes_le=first[16:])}"


class Guest:
    """The agent of a running machine. Requests block until answered; OSError with the guest's errno if it says one."""

    def __init__(self, machine):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_PATIENCE_SECONDS)
        self._socket.connect(str(machine.agent))
        self._input = self._socket.makefile("rb")

    def close(self):
        """Leaves the port to others."""
        self._input.close()
        self._socket.close()

    def _ask(self, request):
        self._socket.sendall(request.encode() + b"\n")
        parts = []
        while (size := int(self._input.readline())) > 0:
            parts.append(self._input.read(size))
        if size < 0:
            raise OSError(-size, f"{request}: {os.strerror(-size)}")
        return b"".join(parts).decode("utf-8", "replace")

    def read(self, path):
        """The content of a file below the guest's /proc."""
        return self._ask(f"read {path}")

    def list(self, path):
        """The names in a directory below the guest's /proc."""
        return [name for name in self._ask(f"list {path}").splitlines() if name not in (".", "..")]

    def run(self, seconds):
        """What the program that came with the agent prints, which may take so long; OSError if it fails."""
        self._socket.settimeout(seconds)
        try:
            return self._ask("run")
        finally:
            self._socket.settimeout(_PATIENCE_SECONDS)

    def space(self, path):
        """Bytes in use on the file system at a path below the guest's /proc."""
        return int(self._ask(f"space {path}"))
