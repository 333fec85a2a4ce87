"""The Go programs of the root: built from the modules that image/go/go.mod pins, once per content and architecture."""

import hashlib
import pathlib
import tempfile

from image.command import run
from image.paths import CACHE, HERE

_MODULE = HERE / "go"
_CONTAINERD = "github.com/containerd/containerd/v2"
_PLUGINS = "github.com/containernetworking/plugins"
# Of each program: the package that it is made of.
_PROGRAMS = {
    "containerd": f"{_CONTAINERD}/cmd/containerd",
    "containerd-shim-runc-v2": f"{_CONTAINERD}/cmd/containerd-shim-runc-v2",
    "bridge": f"{_PLUGINS}/plugins/main/bridge",
    "firewall": f"{_PLUGINS}/plugins/meta/firewall",
    "host-local": f"{_PLUGINS}/plugins/ipam/host-local",
    "loopback": f"{_PLUGINS}/plugins/main/loopback",
    "portmap": f"{_PLUGINS}/plugins/meta/portmap",
}
# What no node of ours has: other snapshotters than overlayfs's, systemd, cache control by hardware, traces of calls.
_TAGS = "urfave_cli_no_docs,grpcnotrace,no_btrfs,no_devmapper,no_rdt,no_systemd,no_tracing,no_zfs"


class GoProgram:
    """A program, and which modules are linked into it."""

    def __init__(self, path):
        self.path = path
        rows = [line.split() for line in run(["go", "version", "-m", path]).decode().splitlines()]
        named = {kind: [f"{row[1]}@{row[2]}" for row in rows if row[0] == kind] for kind in ("mod", "dep")}
        [self.origin] = named["mod"]  # the module that the program itself is in
        self.modules = sorted(named["mod"] + named["dep"])


def go_programs(arch):
    """{name: GoProgram} for an architecture. What was built once is taken from the cache."""
    directory = CACHE / "programs" / f"{arch}-{_key()}"
    if not directory.is_dir():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent) as work:
            new = pathlib.Path(work) / "new"
            new.mkdir()
            _build(arch, new)
            try:
                new.rename(directory)
            except OSError:  # somebody else was first, with the same bytes
                if not directory.is_dir():
                    raise
    return {name: GoProgram(directory / name) for name in _PROGRAMS}


def _key():
    files = [_MODULE / name for name in ("go.mod", "go.sum", "programs.go")] + [pathlib.Path(__file__)]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _version():
    """The version of containerd in go.mod, without which it says that its version is not known."""
    words = next(line.split() for line in (_MODULE / "go.mod").read_text(encoding="utf-8").splitlines() if _CONTAINERD in line)
    return words[1]


def _build(arch, directory):
    flags = f"-s -w -buildid= -X {_CONTAINERD}/version.Version={_version()}"
    run(["go", "build", "-mod=readonly", "-trimpath", f"-tags={_TAGS}", f"-ldflags={flags}", f"-o={directory}/",
         *_PROGRAMS.values()], cwd=_MODULE, env={"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": arch})
