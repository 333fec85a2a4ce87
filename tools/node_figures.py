"""The figures of a node: real images in QEMU, in maintenance mode, and the sizes of what an image is made of.

Times are the guest's own: those of its kernel's log, but for the firmware and loader, which keep no clock: there power-on is
when QEMU starts. In emulation without an instruction counter both clocks run alike.
"""

import dataclasses
import re
import shutil
import subprocess
import time

from common.presets import BUILD
from machine import accelerator, files, guest, running
from machine.spec import Machine, qemu

_MIB = 1 << 20
_DISK_BYTES = 6 << 30
PATIENCE_SECONDS = 900
SETTLE_SECONDS = 60  # from the API's first answer to the look at the memory; then as long for the idle time
_IDLE_SECONDS = 180  # between two looks at what was written
_HOUR_SECONDS = 3600
_SECTOR = 512
EMULATION = 4  # what emulation costs, so that the figure is that of a machine
_RUNS = 3  # of those that depend on what else the host does; the best counts
_PROCESSES = ("init", "machined", "networkd", "apid", "systemd-udevd")
CONFIGURED = (*_PROCESSES, "dashboard", "trustd")  # ours on a control plane
_CGROUPS = ("init", "system")

_STARTED = re.compile(r"^\[ *([0-9.]+)\] ichor: init: started", re.MULTILINE)
_MAINTENANCE = re.compile(r"^\[ *([0-9.]+)\] machined: info: stage maintenance", re.MULTILINE)
_RUNNING = re.compile(r"machined: info: stage running")
_ADDRESS = re.compile(r"^\[ *([0-9.]+)\] machined: info: addresses: [0-9a-f]", re.MULTILINE)


def row(name, value, unit, limit):
    """A row of the table, where less is better."""
    return {"name": f"node: {name}", "value": value, "unit": unit, "limit": limit, "better": "lower"}


def sizes():
    """The rows of the image's files. Needs the images of both architectures."""
    amd64, arm64 = BUILD / "image/amd64", BUILD / "image/arm64"

    def mib(*paths):
        return sum(path.stat().st_size for path in paths) / _MIB if all(path.exists() for path in paths) else None

    return [
        row("disk.raw.zst", mib(amd64 / "disk.raw.zst"), "MiB", 150),
        row("kernel + initramfs, amd64", mib(amd64 / "kernel", amd64 / "initramfs"), "MiB", 24),
        row("kernel + initramfs, arm64", mib(arm64 / "kernel", arm64 / "initramfs"), "MiB", 48),
        row("initramfs-pxe", mib(amd64 / "initramfs-pxe"), "MiB", 200),
        row("root erofs", mib(amd64 / "root.erofs"), "MiB", 170),
    ]


def new_machine(name, firmware, program=None, memory_mib=2048, disk_bytes=_DISK_BYTES):
    """A machine whose files are made; with the agent in it, and `program`, if QEMU gives it its initramfs."""
    home = BUILD / "qemu" / f"bench-{name}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    machine = Machine(f"bench-{name}", home, "amd64", firmware, memory_mib, (home / "disk0.raw",), running.free_port(51500),
                      accelerator.choose("amd64"))
    if firmware == "direct":
        initrd = home / "initramfs"
        initrd.write_bytes(guest.initramfs_with_agent("amd64", machine.image / "initramfs", program))
        machine = dataclasses.replace(machine, initrd=initrd, append=guest.command_line_of_disk(machine.image), with_agent=True)
    files.make(machine, [disk_bytes])
    return machine


def wait_for_api(machine):
    """Starts the machine; seconds until its API answers. RuntimeError if it does not."""
    start = time.monotonic()
    subprocess.run(qemu(machine), stdin=subprocess.DEVNULL, check=True)
    if not running.wait_for_api(machine, PATIENCE_SECONDS):
        raise RuntimeError(f"{machine.name} does not answer: see {machine.log}")
    return time.monotonic() - start


def api_seconds(machine):
    """Kernel log's seconds from init's first line until the node's API answers on an address of its own.

    An answer may be quicker than the line that tells of it.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        text = machine.log.read_text(encoding="utf-8", errors="replace").replace("\r", "")
        started, *then = (pattern.search(text) for pattern in (_STARTED, _MAINTENANCE, _ADDRESS))
        if all((started, *then)):
            break
        if time.monotonic() > until:
            raise RuntimeError(f"{machine.name} does not say that it answers: see {machine.log}")
        time.sleep(0.1)
    return max(float(found[1]) for found in then) - float(started[1])


def boot_times():
    """The rows of the firmware: the best of some runs."""
    from_init, from_power = [], []
    for number in range(_RUNS):
        for firmware in ("uefi", "bios"):
            machine = new_machine(f"{firmware}-{number}", firmware)
            try:
                seconds = wait_for_api(machine)
                if firmware == "bios":
                    from_power.append(seconds)
                else:
                    from_init.append(api_seconds(machine))
            finally:
                running.power_off(machine)
            shutil.rmtree(machine.directory)
    return [
        row("/sbin/init -> API answers, UEFI", min(from_init), "s", 3),
        row("power-on -> API answers, BIOS", min(from_power), "s", 15),
    ]


def kib(text, key):
    """A value of /proc/meminfo, status or smaps_rollup."""
    return int(re.search(rf"^{re.escape(key)}:\s+(\d+) kB", text, re.MULTILINE)[1])


def cpu_seconds(node):
    """Processor time that our cgroups have used, those of processes that have ended included."""
    used = 0
    for name in _CGROUPS:
        used += int(re.search(r"^usage_usec (\d+)", node.read(f"1/root/sys/fs/cgroup/{name}/cpu.stat"), re.MULTILINE)[1])
    return used / 1e6


def uptime(node):
    """The guest's seconds since its kernel began."""
    return float(node.read("uptime").split()[0])


def wait_until(node, seconds):
    """Until the guest's clock says so."""
    while (left := seconds - uptime(node)) > 0:
        time.sleep(left)


def of_processes(node, look):
    """What `look` finds of each process, given its directory, such as "17": sums by names of processes."""
    found = {}
    for pid in (name for name in node.list(".") if name.isdigit()):
        try:
            name, value = node.read(f"{pid}/comm").strip(), look(pid)
        except (OSError, TypeError):
            continue  # it has just ended, or is a thread of the kernel
        # The agent is one more that was started as init.
        if name != "init" or pid == "1":
            found[name] = found.get(name, 0) + value
    return found


def proportional_kib(node):
    """Proportional set sizes by names of processes."""
    return of_processes(node, lambda pid: kib(node.read(f"{pid}/smaps_rollup"), "Pss"))


def sum_of(found, processes):
    """The sum for our processes, of which each has to be there."""
    if not set(processes) <= set(found):
        raise RuntimeError(f"of {processes} only {sorted(set(found) & set(processes))} run")
    return sum(found[name] for name in processes)


def resident():
    """The rows of a node that idles, as the agent in it reads them."""
    machine = new_machine("idle", "direct")
    try:
        wait_for_api(machine)
        node = guest.Guest(machine)
        wait_until(node, uptime(node) + SETTLE_SECONDS)
        memory = node.read("meminfo")
        rows = [
            row("memory used, whole guest", (kib(memory, "MemTotal") - kib(memory, "MemAvailable")) / 1024, "MiB", 80),
            row("PID 1 resident", kib(node.read("1/status"), "VmRSS") / 1024, "MiB", 2),
            row("our processes, PSS", sum_of(proportional_kib(node), _PROCESSES) / 1024, "MiB", 40),
        ]
        start, used = uptime(node), cpu_seconds(node)
        wait_until(node, start + SETTLE_SECONDS)
        share = (cpu_seconds(node) - used) / (uptime(node) - start) / EMULATION
        rows.append(row("our processes, idle", 100 * share, "% of a core", 0.5))
        return rows
    finally:
        running.power_off(machine)


def own(machine):
    """Gives the node its config, and waits until it runs with it."""
    config = machine.directory / "controlplane.yaml"
    ichorctl = BUILD / "release-amd64/bin/ichorctl"
    subprocess.run([ichorctl, "gen", "config", "bench", "https://127.0.0.1:6443", "-t", "controlplane", "-o", config,
                    "--config-patch", "machine: {install: {disk: /dev/vda}}"], check=True, capture_output=True)
    subprocess.run([ichorctl, "apply-config", "--insecure", "-e", f"127.0.0.1:{machine.api_port}", "-n", f"127.0.0.1:{machine.api_port}",
                    "-f", config], check=True, capture_output=True)
    until = time.monotonic() + PATIENCE_SECONDS
    while not _RUNNING.search(machine.log.read_text(encoding="utf-8", errors="replace")):
        if time.monotonic() > until:
            raise RuntimeError(f"{machine.name} does not run with its config: see {machine.log}")
        time.sleep(1)


def written_bytes(node):
    """What was written to the system disk since the boot."""
    fields = next(line.split() for line in node.read("diskstats").splitlines() if line.split()[2] == "vda")
    return int(fields[9]) * _SECTOR


def owned():
    """The rows of a node with a config: idle, and then under load from inside."""
    machine = new_machine("owned", "direct", "node_load")
    try:
        wait_for_api(machine)
        own(machine)
        node = guest.Guest(machine)
        wait_until(node, uptime(node) + SETTLE_SECONDS)
        rows = [row("our processes, PSS, configured, with dashboard and trustd", sum_of(proportional_kib(node), CONFIGURED) / 1024, "MiB", 48)]
        wait_until(node, uptime(node) + SETTLE_SECONDS)  # containerd has written what it does at its first start
        start, written = uptime(node), written_bytes(node)
        wait_until(node, start + _IDLE_SECONDS)
        hourly = (written_bytes(node) - written) / (uptime(node) - start) * _HOUR_SECONDS
        rows.append(row("written to the disk, idle", hourly / _MIB, "MiB an hour", 1))
        return rows + load_rows(dict(line.split(" ", 1) for line in node.run(PATIENCE_SECONDS).splitlines()))
    finally:
        running.power_off(machine)


def load_rows(printed):
    """The rows of what node_load printed."""
    found = {name: float(value) for name, value in printed.items()}
    ratio = row("Version through apid, of the rate of a plain echo", 100 * found["version-rate"] / found["echo-rate"], "%", 35)
    return [
        {**ratio, "better": "higher"},
        row("Version through apid, p99, emulated", found["version-p99"], "ms", None),
        row("plain echo, p99, emulated", found["echo-p99"], "ms", None),
        row("1,000 rows, emulated", found["rows-ms"], "ms", 100),
        row("apply without a reboot -> settled, emulated", found["settled-ms"], "ms", 300),
    ]


# In this order, as steps.
PARTS = (("sizes of the images", sizes), ("a node that idles", resident), ("a node with a config", owned), ("boots by UEFI and BIOS", boot_times))
