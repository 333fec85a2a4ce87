"""A machine that runs in the background: whether it does, how it is ended, whether its API answers."""

import contextlib
import fcntl
import json
import socket
import ssl
import threading
import time

_QUIT_SECONDS = 10


def is_running(machine):
    """Whether QEMU holds its lock."""
    try:
        with open(machine.pid_file, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def command(machine, *names):
    """Sends commands of QEMU's machine protocol, such as "quit"; what a power switch would do, at once."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as monitor:
        monitor.settimeout(_QUIT_SECONDS)
        monitor.connect(str(machine.monitor))
        lines = monitor.makefile("r", encoding="utf-8")
        lines.readline()  # the greeting
        for name in ("qmp_capabilities", *names):
            monitor.sendall(json.dumps({"execute": name}).encode() + b"\n")
            while "event" in (lines.readline() or "{}"):  # QEMU drops what it has not answered when we go
                pass


def power_off(machine):
    """Cuts the power and waits until QEMU is gone. True if it is."""
    with contextlib.suppress(OSError):
        command(machine, "quit")
    until = time.monotonic() + _QUIT_SECONDS
    while is_running(machine) and time.monotonic() < until:
        time.sleep(0.1)
    return not is_running(machine)


def api_answers(port, patience_seconds=5):
    """Whether somebody speaks TLS on the port. QEMU itself accepts every connection, so connecting says nothing."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    try:
        with socket.create_connection(("127.0.0.1", port), patience_seconds) as connection:
            with context.wrap_socket(connection):
                return True
    except OSError:
        return False


def wait_for_api(machine, seconds):
    """Whether its API answers before it ends, within so many seconds.

    QEMU keeps the first word of a connection for itself if the guest did not hear it, so there is a new attempt every
    quarter of a second, while those before may still be answered.
    """
    answered = threading.Event()
    until = time.monotonic() + seconds
    while time.monotonic() < until and is_running(machine):
        threading.Thread(target=lambda: api_answers(machine.api_port) and answered.set(), daemon=True).start()
        if answered.wait(0.25):
            return True
    return False


def free_port(first=50000):
    """The first port from there that nobody listens on."""
    for port in range(first, first + 1000):
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError(f"no free port from {first}")
