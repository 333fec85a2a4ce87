"""The figures of a node that runs Kubernetes: a real image in QEMU, with a real Kubernetes from images that are made here."""

import argparse
import dataclasses
import shutil
import subprocess
import time

import node_figures
from cluster import registry
from machine import guest, node, running
from machine.spec import qemu, template_of_variables

_MEMORY_MIB = 4096
_DISK_BYTES = 10 << 30
_TICKS_PER_SECOND = 100  # of /proc/PID/stat, on every machine that Linux runs on today: proc_pid_stat(5)
_OPTIONS = argparse.Namespace(images="local", registry_mirror=(), config_patch=(), kubernetes_version=None)
# What runs beside ours, by the names that the kernel keeps: 15 bytes of them.
_BESIDE = {"container-log": "container-log", "containerd": "containerd", "containerd-shim": "shims", "etcd": "etcd", "kubelet": "kubelet", "kube-apiserver": "API server",
           "kube-controller": "controller manager", "kube-scheduler": "scheduler"}


def row(name, value, unit, limit):
    """A row of the table, where less is better."""
    return {**node_figures.row(name, value, unit, limit), "name": f"kubernetes: {name}"}


def begin(machine):
    """Makes a cluster of the machine, and waits until it is healthy."""
    more = node.serve_images(machine, _OPTIONS)
    node.make_config(machine, _OPTIONS, more)
    node_figures.wait_for_api(machine)
    node.apply_config(machine)
    node.bootstrap(machine, node_figures.PATIENCE_SECONDS)
    node.await_health(machine, node_figures.PATIENCE_SECONDS)
    node.await_ready(machine, node_figures.PATIENCE_SECONDS)


def processor_seconds(at):
    """Processor time by names of processes that live."""
    def used(pid):
        after_name = at.read(f"{pid}/stat").rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / _TICKS_PER_SECOND

    return node_figures.of_processes(at, used)


def idle(machine):
    """The rows of a healthy cluster that nobody asks anything, as the agent in the node reads them."""
    at = guest.Guest(machine)
    node_figures.wait_until(at, node_figures.uptime(at) + node_figures.SETTLE_SECONDS)
    memory = node_figures.proportional_kib(at)
    rows = [row("our processes, PSS", node_figures.sum_of(memory, node_figures.CONFIGURED) / 1024, "MiB", 48)]
    rows += [row(f"{words}, PSS", memory.get(name, 0) / 1024, "MiB", None) for name, words in _BESIDE.items()]
    start, before = node_figures.uptime(at), processor_seconds(at)
    node_figures.wait_until(at, start + node_figures.SETTLE_SECONDS)
    after, seconds = processor_seconds(at), node_figures.uptime(at) - start
    at.close()
    for words, limit, names in (("our processes, idle", 1, node_figures.CONFIGURED), ("all processes, idle", None, tuple(after))):
        used = sum(after.get(name, 0) - before.get(name, 0) for name in names)
        rows.append(row(words, 100 * used / seconds / node_figures.EMULATION, "% of a core", limit))
    return rows


def shut_down(machine):
    """Ends the node in order."""
    subprocess.run([node.CTL, "--talosconfig", machine.directory / "talosconfig", "--nodes", "127.0.0.1", "shutdown", "--wait=false"], check=True, capture_output=True)
    until = time.monotonic() + node_figures.PATIENCE_SECONDS
    while running.is_running(machine):
        if time.monotonic() > until:
            raise RuntimeError(f"{machine.name} does not end: see {machine.log}")
        time.sleep(1)


def until_ready(machine):
    """The rows of a start by the node's own loader: until Kubernetes says Ready of the node, and until its own pods are ready too."""
    shutil.copyfile(template_of_variables(machine.arch), machine.variables)
    start = time.monotonic()
    subprocess.run(qemu(machine), stdin=subprocess.DEVNULL, check=True)
    rows = []
    for words, limit, but_for in (("Ready", 90, ("staticPods",)), ("its static pods too", None, ())):
        node.await_ready(machine, node_figures.PATIENCE_SECONDS, but_for)
        rows.append(row(f"power-on of a configured node -> {words}, UEFI, emulated", time.monotonic() - start, "s", limit))
    return rows


def figures():
    """All rows."""
    machine = node_figures.new_machine("kubernetes", "direct", memory_mib=_MEMORY_MIB, disk_bytes=_DISK_BYTES)
    try:
        begin(machine)
        rows = idle(machine)
        shut_down(machine)
        machine = dataclasses.replace(machine, firmware="uefi", with_agent=False)
        return [*until_ready(machine), *rows]
    except node.NodeError as error:
        raise RuntimeError(str(error)) from error
    finally:
        running.power_off(machine)
        registry.Registry(machine.directory).stop()


PARTS = (("a node that runs Kubernetes", figures),)
