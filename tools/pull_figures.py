"""The figures of image pulls: ours beside those of containerd's own client, from the same registry into the same containerd, each into an empty
store. Runs inside the build root, with namespaces: containerd mounts what it unpacks."""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))  # for image/

# pylint: disable=wrong-import-position
from cluster import images, oci, registry
from common.presets import BUILD
from common.tree import ROOT
from image import go_programs
from machine import running
from machine.spec import host_arch

_ROUNDS = 5
_FIRST_PORT = 51700
_PATIENCE_SECONDS = 60
_IMAGE = "kube-apiserver"  # the largest, a program of 130 MB


def _make_ctr():
    """containerd's client, from the module that the node's containerd is of."""
    program = BUILD / "bench/ctr"
    subprocess.run(["go", "build", "-mod=readonly", "-trimpath", f"-o={program}", "github.com/containerd/containerd/v2/cmd/ctr"],
                   cwd=ROOT / "image/go", check=True)
    return program


class _Containerd:
    """One with an empty store, until it is stopped."""

    def __init__(self, work):
        self.socket = work / "containerd.sock"
        config = work / "containerd.toml"
        config.write_text(f"version = 3\nroot = '{work}/root'\nstate = '{work}/state'\ndisabled_plugins = ['io.containerd.cri.v1.images', "
                          f"'io.containerd.cri.v1.runtime', 'io.containerd.nri.v1.nri']\n[grpc]\n  address = '{self.socket}'\n", encoding="utf-8")
        program = go_programs.go_programs(host_arch())["containerd"].path
        with open(work / "containerd.log", "wb") as log:
            self._process = subprocess.Popen([program, "--config", config], stdout=log, stderr=log)
        until = time.monotonic() + _PATIENCE_SECONDS
        while "containerd successfully booted" not in (work / "containerd.log").read_text(encoding="utf-8"):
            if time.monotonic() > until or self._process.poll() is not None:
                raise OSError("containerd does not start:\n" + (work / "containerd.log").read_text(encoding="utf-8"))
            time.sleep(0.05)

    def stop(self):
        """Ends it."""
        self._process.terminate()
        self._process.wait()


def _milliseconds(command):
    """How long a command takes, which gets the socket of a containerd of its own for the word SOCKET."""
    with tempfile.TemporaryDirectory() as work:
        containerd = _Containerd(pathlib.Path(work))
        try:
            start = time.monotonic()
            subprocess.run([containerd.socket if word == "SOCKET" else word for word in command], check=True, stdout=subprocess.DEVNULL)
            return (time.monotonic() - start) * 1000
        finally:
            containerd.stop()


def figures():
    """The row of this group."""
    ctr, made = _make_ctr(), images.ensure(host_arch())
    name, tag = next(registry.repository(reference) for reference in oci.references(made / "layout") if f"/{_IMAGE}:" in reference)
    with tempfile.TemporaryDirectory() as work:
        server, port = registry.Registry(pathlib.Path(work)), running.free_port(_FIRST_PORT)
        image = f"127.0.0.1:{port}/{name}:{tag}"  # where no TLS is asked for
        ours = [BUILD / "release-amd64/bin/pull_bench", "SOCKET", image]
        theirs = [ctr, "--address", "SOCKET", "--namespace", "system", "images", "pull", image]
        server.start(made / "registry", port)
        try:
            rounds = [(_milliseconds(ours), _milliseconds(theirs)) for _ in range(_ROUNDS)]
        finally:
            server.stop()
    node, client = (statistics.median(column) for column in zip(*rounds))
    return [{"name": f"kubernetes: pull of {_IMAGE}, median of {_ROUNDS}, beside ctr", "value": node, "unit": "ms", "limit": client,
             "better": "lower", "go": client, "ratio": node / client}]


PARTS = (("pulls of images", figures),)
