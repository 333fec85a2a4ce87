"""Whether the processor's virtualization works here. Some hosts offer /dev/kvm, and guests hang in it."""

import os
import subprocess

from common.presets import BUILD
from machine.spec import Machine, host_arch

_CHECKED = BUILD / "qemu/.accelerator"
_PATIENCE_SECONDS = 10


def choose(arch):
    """What QEMU's -accel gets for a guest of that architecture. Blocks for some seconds the first time."""
    emulation = Machine.accelerator
    if arch != host_arch() or not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return emulation
    if not _CHECKED.exists():
        _CHECKED.parent.mkdir(parents=True, exist_ok=True)
        _CHECKED.write_text("kvm" if _works(arch) else emulation, encoding="utf-8")
    return _CHECKED.read_text(encoding="utf-8")


def _works(arch):
    """Whether the image's kernel gets under KVM to where it misses a root, panics and reboots, which ends QEMU."""
    program, options = {"amd64": ("qemu-system-x86_64", ["-machine", "q35"]),
                        "arm64": ("qemu-system-aarch64", ["-machine", "virt"])}[arch]
    argv = [program, *options, "-accel", "kvm", "-cpu", "host", "-m", "256", "-display", "none", "-nodefaults", "-no-reboot",
            "-kernel", str(BUILD / "image" / arch / "kernel"), "-append", "panic=-1"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as machine:
        try:
            return machine.wait(_PATIENCE_SECONDS) == 0
        except subprocess.TimeoutExpired:
            machine.kill()
            return False
