"""A registry of the images: Debian's docker-registry, which only reads. It runs in the background until it is stopped."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from cluster import oci

PROGRAM = "/usr/bin/docker-registry"
# Registries that a node asks this one in place of. Their repositories have no name in common.
MIRRORED = ("docker.io", "ghcr.io", "registry.k8s.io")
_PATIENCE_SECONDS = 30


def repository(reference):
    """("siderolabs/kubelet", "v1.36.0") of ghcr.io/siderolabs/kubelet:v1.36.0."""
    name, _, tag = reference.split("/", 1)[1].rpartition(":")
    return name, tag


def write_storage(storage, layout):
    """Writes the files that a registry keeps of the images of a layout. The blobs are links to the layout's."""
    root = storage / "docker/registry/v2"
    for reference, digest in oci.references(layout).items():
        name, tag = repository(reference)
        here = root / "repositories" / name
        _link(here / "_manifests/tags" / tag / "current", digest)
        _link(here / "_manifests/tags" / tag / "index" / digest.replace(":", "/"), digest)
        _link(here / "_manifests/revisions" / digest.replace(":", "/"), digest)
        _blob(root, layout, digest)
        for item in oci.closure(layout, digest):
            place = "_manifests/revisions" if item["mediaType"] == oci.MANIFEST else "_layers"
            _link(here / place / item["digest"].replace(":", "/"), item["digest"])
            _blob(root, layout, item["digest"])


def _link(directory, digest):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "link").write_text(digest, encoding="utf-8")


def _blob(root, layout, digest):
    algorithm, hexadecimal = digest.split(":")
    data = root / "blobs" / algorithm / hexadecimal[:2] / hexadecimal / "data"
    if not data.exists():
        data.parent.mkdir(parents=True)
        os.link(layout / "blobs" / algorithm / hexadecimal, data)


def _config(storage, port, level):
    return {"version": 0.1, "log": {"level": level, "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(storage)},
                        "maintenance": {"readonly": {"enabled": True}, "uploadpurging": {"enabled": False}}},
            "http": {"addr": f"127.0.0.1:{port}"}}


def become(directory, storage, port):
    """Replaces this process by a registry on 127.0.0.1, at a port of the kernel's choice if `port` is 0; it says "listening on 127.0.0.1:N" when it
    does. `directory` keeps its config. Does not return."""
    config = directory / "registry.yaml"
    config.write_text(json.dumps(_config(storage, port, "info")), encoding="utf-8")
    os.execv(PROGRAM, [PROGRAM, "serve", str(config)])


class Registry:
    """The registry of a machine, or of a test. `directory` keeps its config, its log and who it is."""

    def __init__(self, directory):
        self._directory = directory
        self._pid_file = directory / "registry.pid"
        self.log = directory / "registry.log"

    def start(self, storage, port):
        """Starts it on 127.0.0.1 and waits until it answers. OSError with its last words if it does not."""
        config = self._directory / "registry.yaml"
        config.write_text(json.dumps(_config(storage, port, "warn")), encoding="utf-8")  # JSON is YAML
        with open(self.log, "wb") as log:
            process = subprocess.Popen([PROGRAM, "serve", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._pid_file.write_text(f"{process.pid} {_started(process.pid)}\n", encoding="utf-8")
        until = time.monotonic() + _PATIENCE_SECONDS
        while not answers(f"http://127.0.0.1:{port}"):
            if process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise OSError(f"the registry does not start:\n{self.log.read_text(encoding='utf-8', errors='replace')}")
            time.sleep(0.1)

    def stop(self):
        """Ends it, if it runs, and waits until it is gone."""
        try:
            pid, started = map(int, self._pid_file.read_text(encoding="utf-8").split())
        except (FileNotFoundError, ValueError):
            return
        if _started(pid) == started:
            os.kill(pid, signal.SIGKILL)  # it only reads
        while _started(pid) == started:
            time.sleep(0.05)
        self._pid_file.unlink()


def _started(pid):
    """When a process that runs was started, in ticks since the boot; None if there is none. A number is not given twice
    in a tick, so this tells a process from one that got its number later."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def answers(url, seconds=3):
    """Whether a registry answers there, if only that it wants a password."""
    try:
        with urllib.request.urlopen(f"{url}/v2/", timeout=seconds):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False
