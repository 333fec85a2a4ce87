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
import shutil
import subprocess
import time

from common.presets import BUILD
from common.process import interruptible
from machine import accelerator, files, running
from machine.spec import Machine, host_arch, qemu

MACHINES = BUILD / "qemu"
_TAIL_LINES = 40


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
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    sizes = options.disk or ([] if firmware == "direct" else [6 << 30])
    disks = tuple(home / f"disk{index}.raw" for index in range(len(sizes)))
    machine = Machine(options.name, home, options.arch, firmware, options.memory, disks,
                      options.api_port or running.free_port(), accelerator.choose(options.arch))
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


def up(options):
    """Starts a machine and waits until its API answers."""
    if not options.maintenance:
        sys.exit("ichor: up: only `./ichor up --maintenance` works so far: a node that takes a config comes later")
    machine = prepare(options)
    start = time.monotonic()
    done = subprocess.run(qemu(machine), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"ichor: QEMU does not start:\n{done.stderr}")
    if running.wait_for_api(machine, options.timeout):
        print(f"{machine.name} answers on 127.0.0.1:{machine.api_port} after {time.monotonic() - start:.0f} s, in maintenance mode:")
        print(f"  talosctl --nodes 127.0.0.1:{machine.api_port} get disks --insecure")
        print(f"  ./ichor console --name {machine.name}    ./ichor down --name {machine.name}")
        return 0
    if not running.is_running(machine):
        print(f"{tail(machine)}\nichor: {machine.name} ended before its API answered", file=sys.stderr)
        return 1
    print(f"{tail(machine)}\nichor: {machine.name} did not answer within {options.timeout} s; it still runs", file=sys.stderr)
    return 1


def down(options):
    """Ends a machine and removes its files."""
    machine = load(options.name)
    if machine is None:
        print(f"ichor: there is no machine {options.name}", file=sys.stderr)
        return 1
    if not running.power_off(machine):
        print(f"ichor: {options.name} does not end: see {machine.pid_file}", file=sys.stderr)
        return 1
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


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="./ichor")
    commands = parser.add_subparsers(required=True)
    start = commands.add_parser("up", description="Starts a node in QEMU from the image; returns when its API answers.")
    start.set_defaults(run=up)
    start.add_argument("--arch", choices=("amd64", "arm64"), default=host_arch(), help="default: this machine's")
    start.add_argument("--firmware", choices=("bios", "uefi", "direct"),
                       help="uefi (default) and bios boot disk.raw; direct boots kernel and initramfs-pxe without a disk")
    start.add_argument("--memory", type=int, default=2048, metavar="MiB", help="default: 2048")
    start.add_argument("--disk", type=bytes_of, action="append", metavar="SIZE",
                       help="such as 6G, once per disk; the first holds the image (default: one of 6G)")
    start.add_argument("--api-port", type=int, metavar="P", help="port on 127.0.0.1 (default: the first free from 50000)")
    start.add_argument("--maintenance", action="store_true", help="a node without a config")
    start.add_argument("--timeout", type=int, default=300, metavar="SECONDS", help="how long to wait (default: 300)")
    stop = commands.add_parser("down", description="Cuts a node's power and removes its disks.")
    stop.set_defaults(run=down)
    show = commands.add_parser("console", description="Shows a node's serial console until the node ends.")
    show.set_defaults(run=console)
    show.add_argument("--no-follow", action="store_true", help="only what is there already")
    commands.add_parser("status", description="Lists the nodes of this checkout.").set_defaults(run=status)
    for command in (start, stop, show):
        command.add_argument("--name", default="node", metavar="N", help="default: node")
    return parser.parse_args()


if __name__ == "__main__":
    options_given = arguments()
    interruptible(lambda: options_given.run(options_given))
