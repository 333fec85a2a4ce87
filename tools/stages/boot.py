"""The stage "boot": real images in QEMU."""

from common import presets
from common.presets import BUILD
from common.process import parallel, run as run_command
from common.step import Outcome, step
from common.tree import ROOT
from machine import accelerator, running
from machine.spec import host_arch
from stages import compat, programs

_TESTS = tuple(f"qemu_{story}_test" for story in ("power_cut", "faults", "config", "machines", "slots", "comeback", "install", "memory", "links", "sources", "full", "nodes", "settings", "volumes", "containers", "boot",
                                                  "two_disks", "partitions", "verity"))  # the longest first
_KUBERNETES_TESTS = ("qemu_kubernetes_test", "qemu_control_plane_test")  # what container images are made for
_LONG_TESTS = ("qemu_kubernetes_restore_test", "qemu_kubernetes_config_test", "qemu_kubernetes_around_test")  # too
_CLIENTS = (("amd64", "uefi", 50000), ("amd64", "bios", 50100), ("arm64", "uefi", 50200))  # beyond the first with --long only
_MACHINES = 2  # at a time: one waits for its disk and its clock often enough to leave room
_IN_GUESTS = ("fault_injector", "answer_arp", "pin_program")  # what tests have run in machines, from their initramfs or in a pod
_TIMEOUT_SECONDS = 3600


def run(long, kubernetes):
    """Both images, which the stage "image" makes too, then every test; with `kubernetes` what needs one, with `long` those tagged [long] too, and
    faults more often."""
    total, tests = Outcome(), (*(_KUBERNETES_TESTS if kubernetes else ()), *(_LONG_TESTS if long else ()), *_TESTS)
    for arch in ("amd64", "arm64"):
        if not (BUILD / "image" / arch / "disk.raw").exists():
            total += Outcome(failed=1)
            print(f"boot: there is no image for {arch}: ./ichor image {arch}")
    total += presets.build("dev", tests)
    total += presets.build("release-amd64", _IN_GUESTS)
    if total.ok:
        steps = [(test, _run, test, long) for test in tests]
        steps += [(f"official client, {arch} {firmware}", _official_client, arch, firmware, ports)
                  for arch, firmware, ports in _CLIENTS[:None if long else 1]]
        if long:
            steps.insert(0, ("official client, a cluster", _official_client_of_cluster))
        total += sum(parallel(lambda words: step(*words, counts=True), steps, workers=_MACHINES), Outcome())
    return total


def _official_client(arch, firmware, ports):
    """The official Go client against a node that booted from disk.raw; its API is at the first free one of `ports`."""
    name = f"compat-{arch}-{firmware}"
    port = running.free_port(ports)
    node = ["python3", "tools/machine/main.py"]
    run_command([*node, "down", "--name", name], cwd=ROOT)
    up = presets.command([*node, "up", "--maintenance", "--name", name, "--arch", arch, "--firmware", firmware, "--api-port", str(port),
                          "--timeout", "600"])
    if not up.ok:
        return up
    return _end(node, name, compat.go_test(["-run", "^Test(Node|Owned)", "."], {"ICHOR_NODE_ADDRESS": f"127.0.0.1:{port}"}))


def _official_client_of_cluster():
    """The official Go client from the beginning of a cluster on: Kubernetes, etcd, images and containers."""
    name, api, kubernetes = "compat-cluster", running.free_port(50300), running.free_port(50400)
    node = ["python3", "tools/machine/main.py"]
    run_command([*node, "down", "--name", name], cwd=ROOT)
    up = presets.command([*node, "up", "--name", name, "--wait=false", "--images", "local", "--api-port", str(api), "--kubernetes-port", str(kubernetes),
                          "--timeout", "600"])
    if not up.ok:
        return up
    outcome = compat.go_test(["-run", "^TestCluster", "-timeout", "45m", "."],
                             {"ICHOR_CLUSTER_TALOSCONFIG": str(BUILD / "qemu" / name / "talosconfig"), "ICHOR_CLUSTER_KUBERNETES": f"127.0.0.1:{kubernetes}"}, _TIMEOUT_SECONDS)
    return _end(node, name, outcome)


def _end(node, name, outcome):
    """Removes the machine that a test passed on; another one is kept, to be looked at."""
    if outcome.ok:
        run_command([*node, "down", "--name", name], cwd=ROOT)
    else:
        outcome.output += f"the node still runs: ./ichor status, ./ichor console --name {name}\n"
    return outcome


def _run(test, long):
    environment = {"ICHOR_ACCELERATOR": accelerator.choose(host_arch()), **({"ICHOR_LONG": "1"} if long else {})}
    result = run_command([BUILD / "dev/bin" / test, *(["~[long],[long]"] if long else [])], cwd=ROOT, env=environment, timeout=_TIMEOUT_SECONDS)
    outcome = programs.count(result)
    if not outcome.ok:
        outcome.output = f"{result.output}\n{test}: {result.ending()}\n"
    return outcome
