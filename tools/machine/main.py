#!/usr/bin/env python3
"""./ichor up, down, console and status. Runs inside the build root."""

import sys

sys.dont_write_bytecode = True
sys.path.insert(0, __file__.rsplit("/", 2)[0])

# pylint: disable=wrong-import-position
import argparse
import dataclasses
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import time

from cluster.registry import Registry
from common.presets import BUILD
from common.process import interruptible
from common.tree import ROOT
from machine import accelerator, files, node, running
from machine.spec import Machine, host_arch, qemu

MACHINES = BUILD / "qemu"
_TAIL_LINES = 40
_KUBERNETES_PORT = 6443


def directory(name):
    """Where a machine's files are."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", name):
        sys.exit(f"ichor: a name has letters, digits and hyphens: {name!r} does not do")
    return MACHINES / name


def load(name):
    """The machine of that name as it was started, or None."""
    try:
        values = json.loads((directory(name) / "machine.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Machine(**{**values, "directory": directory(name), "disks": tuple(map(pathlib.Path, values["disks"]))})


def save(machine):
    """Notes how the machine was started."""
    values = {**dataclasses.asdict(machine), "directory": str(machine.directory), "disks": [str(d) for d in machine.disks]}
    (machine.directory / "machine.json").write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def bytes_of(size):
    """What `6G`, `512M` or a number of bytes means."""
    found = re.fullmatch(r"(\d+)([MGT]?)(i?B)?", size, re.IGNORECASE)
    if not found:
        raise argparse.ArgumentTypeError(f"{size!r} is no size: expected something like 6G")
    return int(found[1]) << {"": 0, "M": 20, "G": 30, "T": 40}[found[2].upper()]


def prepare(options):
    """Makes the machine's directory with its disks, and returns the machine."""
    home = directory(options.name)
    old = load(options.name)
    if old and running.is_running(old):
        sys.exit(f"ichor: {options.name} is running: see ./ichor status, end it with ./ichor down --name {options.name}")
    firmware = options.firmware or "uefi"
    if firmware == "bios" and options.arch == "arm64":
        sys.exit("ichor: arm64 machines have no BIOS: --firmware uefi")
    Registry(home).stop()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    sizes = options.disk or ([] if firmware == "direct" else [(6 if options.maintenance else 10) << 30])
    disks = tuple(home / f"disk{index}.raw" for index in range(len(sizes)))
    memory = options.memory or (2048 if options.maintenance else 4096)
    machine = Machine(options.name, home, options.arch, firmware, memory, disks,
                      options.api_port or running.free_port(), accelerator.choose(options.arch),
                      kubernetes_port=options.kubernetes_port or running.free_port(_KUBERNETES_PORT))
    try:
        files.make(machine, sizes)
    except ValueError as error:
        sys.exit(f"ichor: --disk: {error}")
    save(machine)
    return machine


def tail(machine):
    """The last lines of the console."""
    text = machine.log.read_text(encoding="utf-8", errors="replace") if machine.log.exists() else ""
    return "\n".join(text.splitlines()[-_TAIL_LINES:])


def start(machine, seconds):
    """Starts QEMU and waits until the API answers. NodeError with the console's last lines if it does not."""
    done = subprocess.run(qemu(machine), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise node.NodeError(f"QEMU does not start:\n{done.stderr}")
    if running.wait_for_api(machine, seconds):
        return
    if not running.is_running(machine):
        raise node.NodeError(f"{machine.name} ended before its API answered. Its console:\n{tail(machine)}")
    raise node.NodeError(f"{machine.name} did not answer within {seconds} s; it still runs. Its console:\n{tail(machine)}")


def up(options):
    """Starts a machine and waits until its API answers; without --maintenance, until it is a cluster of one node."""
    try:
        if not options.maintenance:
            node.check(options)
        machine = prepare(options)
        if options.maintenance:
            start_in_maintenance(machine, options)
        else:
            make_node(machine, options)
            print(how_to_use(machine, options.wait == "true"))
    except node.NodeError as error:
        print(f"ichor: up: {error}", file=sys.stderr)
        return 1
    print(f"  ./ichor console --name {machine.name}    ./ichor down --name {machine.name}")
    return 0


def start_in_maintenance(machine, options):
    """Starts a machine that gets no config here, with a registry if that was asked for, and prints what to do with it."""
    more = node.serve_images(machine, options) if options.images == "local" else []
    start(machine, options.timeout)
    print(f"{machine.name} answers on 127.0.0.1:{machine.api_port}, in maintenance mode; its API server will on 127.0.0.1:{machine.kubernetes_port}:")
    print(f"  {node.CTL.relative_to(ROOT)} --nodes 127.0.0.1:{machine.api_port} get disks --insecure")
    if more:
        print(f"A config finds the registry with:\n  ichorctl gen config {shlex.join(more)} …")


def how_to_use(machine, is_cluster):
    """The words that reach the node, and its cluster."""
    home = machine.directory.relative_to(ROOT)
    ctl = f"  {node.CTL.relative_to(ROOT)} --talosconfig {home / 'talosconfig'} --nodes 127.0.0.1"
    if not is_cluster:
        return f"{machine.name} has its config; its cluster begins with:\n{ctl} bootstrap"
    return (f"{machine.name} is a Kubernetes cluster of one node:\n  kubectl --kubeconfig {home / 'kubeconfig'} get pods -A\n{ctl} service")


def make_node(machine, options):
    """Makes a cluster of a machine that does not run yet: gives it a registry if it needs one, starts it, gives it a config, lets
    its cluster begin, and waits until that is healthy."""
    more = node.serve_images(machine, options) if node.wants_local_images(options) else []
    node.make_config(machine, options, more)
    with node.progress(f"booting {machine.name}"):
        start(machine, options.timeout)
    node.apply_config(machine)
    if options.wait == "false":
        return
    with node.progress(f"waiting until {machine.name} begins its cluster"):
        node.bootstrap(machine, options.timeout)
    with node.progress("waiting until the cluster is healthy"):
        node.await_health(machine, options.timeout)
    with node.progress(f"waiting until {machine.name} is ready"):
        node.await_ready(machine, options.timeout)
    node.write_kubeconfig(machine)


def down(options):
    """Ends a machine and removes its files."""
    machine = load(options.name)
    if machine is None:
        print(f"ichor: there is no machine {options.name}", file=sys.stderr)
        return 1
    if not running.power_off(machine):
        print(f"ichor: {options.name} does not end: see {machine.pid_file}", file=sys.stderr)
        return 1
    Registry(machine.directory).stop()
    shutil.rmtree(machine.directory)
    return 0


def console(options):
    """Prints what came out of the serial port, and what comes, until the machine ends."""
    machine = load(options.name)
    if machine is None:
        print(f"ichor: there is no machine {options.name}", file=sys.stderr)
        return 1
    with open(machine.log, "rb") as log:
        while True:
            running_still = running.is_running(machine)
            data = log.read()
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            if options.no_follow or not running_still:
                return 0
            time.sleep(0 if data else 0.2)


def status(_):
    """A line per machine."""
    print(f"{'NAME':<16}{'ARCH':<8}{'FIRMWARE':<10}{'MEMORY':<10}{'STATE':<10}API")
    for path in sorted(MACHINES.glob("*/machine.json")):
        machine = load(path.parent.name)
        state, api = "off", "-"
        if running.is_running(machine):
            state = "running"
            answers = running.api_answers(machine.api_port)
            api = f"127.0.0.1:{machine.api_port}" + ("" if answers else " (does not answer)")
        print(f"{machine.name:<16}{machine.arch:<8}{machine.firmware:<10}{machine.memory_mib:<10}{state:<10}{api}")
    return 0


def add_up(commands):
    """The command line of `up`."""
    command = commands.add_parser("up", description="Starts a node in QEMU from the image, gives it a config of its own, and returns when it is a healthy cluster.")
    command.set_defaults(run=up)
    command.add_argument("--arch", choices=("amd64", "arm64"), default=host_arch(), help="default: this machine's")
    command.add_argument("--firmware", choices=("bios", "uefi", "direct"),
                         help="uefi (default) and bios boot disk.raw; direct boots kernel and initramfs-pxe without a disk")
    command.add_argument("--memory", type=int, metavar="MiB", help="default: 4096, with --maintenance 2048")
    command.add_argument("--disk", type=bytes_of, action="append", metavar="SIZE",
                         help="such as 6G, once per disk; the first holds the image (default: one of 10G, with --maintenance 6G)")
    command.add_argument("--api-port", type=int, metavar="P", help="port on 127.0.0.1 (default: the first free from 50000)")
    command.add_argument("--kubernetes-port", type=int, metavar="P", help=f"the same for its API server (default: the first free from {_KUBERNETES_PORT})")
    command.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="how long each wait may take (default: 600)")
    command.add_argument("--maintenance", action="store_true", help="leave the node without a config; of what follows only --images local is for it")
    command.add_argument("--wait", choices=("true", "false"), default="true", help="false: return when the node has taken its config")
    command.add_argument("--kubernetes-version", metavar="V", help="another release than the default one")
    command.add_argument("--config-patch", action="append", default=[], metavar="PATCH", help="changes the config: @FILE or the patch itself")
    command.add_argument("--registry-mirror", action="append", default=[], metavar="REGISTRY=URL", help="where the node pulls a registry's images")
    command.add_argument("--images", choices=("auto", "local", "public"), default="auto",
                         help="local: from a registry on this machine, with images made here; auto: so if registry.k8s.io cannot be reached "
                              "and there is no --registry-mirror")


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="./ichor")
    commands = parser.add_subparsers(required=True)
    add_up(commands)
    stop = commands.add_parser("down", description="Cuts a node's power and removes its disks and all else of it.")
    stop.set_defaults(run=down)
    show = commands.add_parser("console", description="Shows a node's serial console until the node ends.")
    show.set_defaults(run=console)
    show.add_argument("--no-follow", action="store_true", help="only what is there already")
    status_command = commands.add_parser("status", description="Lists the nodes of this checkout.")
    status_command.set_defaults(run=status)
    for command in commands.choices.values():
        if command is not status_command:
            command.add_argument("--name", default="node", metavar="N", help="default: node")
    return parser.parse_args()


if __name__ == "__main__":
    options_given = arguments()
    interruptible(lambda: options_given.run(options_given))
