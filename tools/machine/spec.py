"""What a machine is made of, as values; and the words that start QEMU with it."""

import dataclasses
import pathlib
import platform

from common.tree import ROOT

_HOSTS = {"x86_64": "amd64", "aarch64": "arm64"}
_EMULATION = "tcg,thread=multi,tb-size=1024"

# (code, variables) of UEFI firmware
_UEFI = {
    "amd64": ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    "arm64": ("/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
}


def host_arch():
    """The architecture of this machine."""
    return _HOSTS[platform.machine()]


@dataclasses.dataclass(frozen=True)
class Machine:
    """A machine. `directory` holds everything of it: disks, variables, log, sockets. `api_port`, and `kubernetes_port` if
    it is not 0, are on 127.0.0.1."""

    name: str
    directory: pathlib.Path
    arch: str
    firmware: str  # bios, uefi, or direct: kernel and initramfs-pxe without a loader
    memory_mib: int
    disks: tuple  # paths of raw files; the first is the one booted
    api_port: int
    accelerator: str = _EMULATION
    kubernetes_port: int = 0
    initrd: pathlib.Path | None = None  # direct: instead of initramfs-pxe
    append: str | None = None  # direct: instead of the image's command line
    with_agent: bool = False  # a second serial port, which the guest's agent listens on: machine/guest.py

    @property
    def image(self):
        """The directory of the image it boots."""
        return ROOT / "build/image" / self.arch

    @property
    def log(self):
        """What came out of the serial port."""
        return self.directory / "console.log"

    @property
    def pid_file(self):
        """QEMU holds a lock on it while it runs."""
        return self.directory / "qemu.pid"

    @property
    def monitor(self):
        """The socket of QEMU's machine protocol."""
        return self.directory / "monitor.sock"

    @property
    def agent(self):
        """The socket of the second serial port."""
        return self.directory / "agent.sock"

    @property
    def variables(self):
        """UEFI's variables."""
        return self.directory / "uefi-variables.fd"


def template_of_variables(arch):
    """The file that a machine's UEFI variables begin with."""
    return pathlib.Path(_UEFI[arch][1])


def qemu(machine):
    """The command that starts the machine and goes to the background."""
    native = {"amd64": ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max"],
              "arm64": ["qemu-system-aarch64", "-machine", "virt", "-cpu", "max,pauth-impdef=on"]}[machine.arch]
    argv = [*native, "-name", machine.name, "-accel", machine.accelerator, "-smp", "2", "-m", str(machine.memory_mib),
            "-nodefaults", "-no-user-config", "-display", "none", "-daemonize", "-pidfile", machine.pid_file,
            "-chardev", f"file,id=serial,path={machine.log},append=on", "-serial", "chardev:serial",
            "-qmp", f"unix:{machine.monitor},server=on,wait=off",
            "-netdev", f"user,id=net0,{_forwards(machine)}",
            "-device", "virtio-net-pci,netdev=net0", "-device", "virtio-rng-pci",
            "-device", "i6300esb", "-action", "watchdog=reset"]
    argv += ["-device", "VGA"] if machine.arch == "amd64" else ["-device", "virtio-gpu-pci"]
    if machine.with_agent:
        argv += ["-chardev", f"socket,id=agent,path={machine.agent},server=on,wait=off", "-serial", "chardev:agent"]
    return [str(word) for word in argv + _firmware(machine) + _disks(machine)]


def _forwards(machine):
    ports = [(machine.api_port, 50000)] + ([(machine.kubernetes_port, 6443)] if machine.kubernetes_port else [])
    return ",".join(f"hostfwd=tcp:127.0.0.1:{here}-:{there}" for here, there in ports)


def _firmware(machine):
    if machine.firmware == "direct":
        return ["-kernel", machine.image / "kernel", "-initrd", machine.initrd or machine.image / "initramfs-pxe",
                "-append", machine.append or (machine.image / "cmdline").read_text(encoding="utf-8").strip()]
    if machine.firmware == "bios":
        return []
    return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={_UEFI[machine.arch][0]}",
            "-drive", f"if=pflash,format=raw,unit=1,file={machine.variables}"]


def _disks(machine):
    words = []
    for index, path in enumerate(machine.disks):
        order = "" if machine.firmware == "direct" else f",bootindex={index}"
        words += ["-drive", f"if=none,id=disk{index},format=raw,discard=unmap,file={path}",
                  "-device", f"virtio-blk-pci,drive=disk{index},serial=disk{index}{order}"]
    return words
