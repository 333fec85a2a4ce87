"""A machine that becomes a node: where its images come from, its config, and how it gets that."""

import contextlib
import json
import subprocess
import time

from cluster import images, modules, registry
from common.presets import BUILD
from machine import running
from machine.spec import host_arch

CTL = BUILD / f"release-{host_arch()}/bin/ichorctl"
_HOST = "10.0.2.2"  # this machine, as QEMU's network has it
_GUEST = "10.0.2.15"  # the node there
_PUBLIC = "https://registry.k8s.io"
_FIRST_REGISTRY_PORT = 50500
_PERIOD_SECONDS = 1
_PATIENCE_SECONDS = 15
# The one node runs everything.
_RUNS_PODS = "cluster: {allowSchedulingOnControlPlanes: true}\n"
_HAS_BEGUN = "etcd data directory is not empty"
_NO_TIME_SYNC = "apiVersion: v1alpha1\nkind: TimeSyncConfig\nenabled: false\n"


class NodeError(Exception):
    """Why there is no node; the text says it whole."""


@contextlib.contextmanager
def progress(words):
    """Prints a piece of work with the time that it took."""
    start = time.monotonic()
    print(f"{words} …", flush=True)
    yield
    print(f"  done after {time.monotonic() - start:.0f} s", flush=True)


def wants_local_images(options):
    """Whether the node pulls from a registry of ours: nobody named another, and the public one cannot be reached."""
    if options.images != "auto" or options.registry_mirror:
        return options.images == "local"
    return not registry.answers(_PUBLIC)


def check(options):
    """NodeError if the options contradict each other."""
    if options.firmware == "direct":
        raise NodeError("--firmware direct has no disk to keep a config on: it is for --maintenance")
    if options.images == "local" and options.registry_mirror:
        raise NodeError("--images local and --registry-mirror exclude each other")


def serve_images(machine, options):
    """Starts the machine's registry, and returns what it changes of `ichorctl gen config`."""
    ours, asked = modules.KUBERNETES.version(), options.kubernetes_version
    if asked and asked.removeprefix("v") != ours.removeprefix("v"):
        raise NodeError(f"--kubernetes-version {asked}: the images that are made here are of {ours}; another release needs a registry: "
                        "--images public or --registry-mirror")
    try:
        with progress(f"making the images of Kubernetes {ours}, if they are not in the cache"):
            made = images.ensure(machine.arch, lambda words: print(f"  {words}", flush=True))
        port = running.free_port(_FIRST_REGISTRY_PORT)
        registry.Registry(machine.directory).start(made / "registry", port)
    except (modules.BuildError, OSError) as error:
        raise NodeError(str(error)) from error
    reason = "as --images local says" if options.images == "local" else f"since {_PUBLIC} does not answer"
    print(f"{reason}: the node pulls from a registry on this machine, at port {port}, and its config turns time sync off", flush=True)
    mirrors = ",".join(f"{host}=http://{_HOST}:{port}" for host in registry.MIRRORED)
    return ["--registry-mirror", mirrors, "--config-patch", _NO_TIME_SYNC]


def make_config(machine, options, more):
    """Writes `controlplane.yaml` and `talosconfig`, with secrets of their own, in the machine's directory."""
    words = ["gen", "config", machine.name, f"https://{_GUEST}:6443", "--output", machine.directory, "--output-types", "controlplane,talosconfig",
             "--install-disk", "/dev/vda", "--additional-sans", "127.0.0.1", "--endpoints", f"127.0.0.1:{machine.api_port}", "--config-patch", _RUNS_PODS, *more]
    for mirror in options.registry_mirror:
        words += ["--registry-mirror", mirror]
    for patch in options.config_patch:
        words += ["--config-patch", patch]
    if options.kubernetes_version:
        words += ["--kubernetes-version", options.kubernetes_version]
    _ctl(words, quiet=True)


def apply_config(machine):
    """Gives the node its config, and shows what it says to that."""
    _ctl(["apply-config", "--insecure", "--nodes", f"127.0.0.1:{machine.api_port}", "--file", machine.directory / "controlplane.yaml"], quiet=False)


def bootstrap(machine, seconds):
    """Lets the cluster begin as soon as the node can, and prints what it waits for whenever that changes. NodeError if it takes longer."""
    until, shown = time.monotonic() + seconds, None
    while (refusal := _refusal(machine)) is not None:
        if refusal != shown:
            print(f"  {refusal}", flush=True)
            shown = refusal
        if time.monotonic() > until or not running.is_running(machine):
            raise NodeError(f"{machine.name} does not begin its cluster: {shown}")
        time.sleep(_PERIOD_SECONDS)


def _refusal(machine):
    """Why the node does not begin its cluster now; None if it does, or has already."""
    try:
        done = _node_ctl(machine, "bootstrap")
    except subprocess.TimeoutExpired:
        return "it does not answer"
    return refusal_of(done.returncode, done.stderr or done.stdout)


def refusal_of(code, said):
    """What a call of `bootstrap` means: None for a cluster that begins or has begun."""
    lines = said.strip().splitlines() or [f"exit {code}"]
    return None if code == 0 or _HAS_BEGUN in said else lines[-1].removeprefix("error: ")


def await_health(machine, seconds):
    """Waits until the cluster is healthy, and shows each check as it passes. NodeError if it takes longer."""
    _ctl(["--talosconfig", machine.directory / "talosconfig", "--nodes", "127.0.0.1", "health", "--wait-timeout", f"{seconds}s"], quiet=False)


def write_kubeconfig(machine):
    """Writes `kubeconfig` in the machine's directory, by which kubectl reaches the API server through the machine's port."""
    path = machine.directory / "kubeconfig"
    _ctl(["--talosconfig", machine.directory / "talosconfig", "--nodes", "127.0.0.1", "kubeconfig", path, "--merge=false", "--force"], quiet=True)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"https://{_GUEST}:6443", f"https://127.0.0.1:{machine.kubernetes_port}"), encoding="utf-8")


def await_ready(machine, seconds, but_for=()):
    """Waits until the node is ready but for conditions of those names, and prints what is in the way whenever that changes. NodeError if it takes longer."""
    until, shown = time.monotonic() + seconds, None
    while (missing := _missing(machine, but_for)) != []:
        if missing is not None and missing != shown:
            print("".join(f"  {reason}\n" for reason in missing), end="", flush=True)
            shown = missing
        if time.monotonic() > until or not running.is_running(machine):
            raise NodeError(f"{machine.name} is not ready: {'; '.join(shown or ['it does not answer'])}")
        time.sleep(_PERIOD_SECONDS)


def _missing(machine, but_for):
    """What a node that runs with its config still waits for, in its own words; None if it does not answer."""
    try:
        done = _node_ctl(machine, "get", "machinestatus", "machine", "-o", "json")
    except subprocess.TimeoutExpired:
        return None
    return missing_of(json.loads(done.stdout)["spec"], but_for) if done.returncode == 0 else None


def missing_of(spec, but_for=()):
    """What the spec of a machine's status says is missing, but for conditions of those names."""
    if spec["stage"] != "running":
        return [f"stage {spec['stage']}"]
    if spec["status"].get("ready"):
        return []
    unmet = spec["status"].get("unmetConditions", ())
    return [f"{condition['name']}: {condition['reason']}" for condition in unmet if condition["name"] not in but_for] if unmet else ["not ready"]


def _node_ctl(machine, *words):
    """Asks the node something, and returns what ichorctl said. TimeoutExpired if it takes long."""
    return subprocess.run([CTL, "--talosconfig", str(machine.directory / "talosconfig"), "--nodes", "127.0.0.1", *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS)


def _ctl(words, quiet):
    """Runs ichorctl. What it says is shown as it comes, or only if it fails."""
    done = subprocess.run([CTL, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=quiet, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip() if quiet else "see above"
        raise NodeError(f"ichorctl {words[0]}: {said}")
