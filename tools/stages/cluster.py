"""The stage "cluster": the images of a test cluster are made, a registry serves them whole, every program in them runs, and etcd as a node runs it."""

import hashlib
import json
import pathlib
import tarfile
import tempfile
import urllib.error
import urllib.request

from cluster import images, modules, oci, registry
from common import presets
from common.process import run as run_command
from common.step import Outcome, check, step
from machine import running
from machine.spec import host_arch
from stages import programs

_PORT = 50600
_TIMEOUT_SECONDS = 60
_ACCEPTED = ", ".join((oci.INDEX, oci.MANIFEST))
# What says the version of the program that an image starts, if not --version; and what other programs an image must have.
_VERSION_WORDS = {"coredns": ["-version"], "busybox": ["--help"]}
_MORE = {"kubelet": (["kubectl", "version", "--client"], ["nft", "--version"], ["iptables", "--version"], ["conntrack", "--version"],
                     ["mount", "--version"], ["ethtool", "--version"], ["socat", "-V"], ["mkfs.ext4", "-V"], ["mkfs.xfs", "-V"], ["ip", "-V"]),
         "kube-proxy": (["nft", "--version"], ["ip6tables", "--version"], ["conntrack", "--version"], ["kmod", "--version"]),
         "flannel": (["cp", "--version"], ["nft", "--version"], ["iptables", "--version"]),
         "etcd": (["etcdctl", "version"], ["etcdutl", "version"])}


def run():
    """The whole stage."""
    arch, made = host_arch(), []
    total = step(f"images of a cluster, {arch}", _make, arch, made)
    if total.ok:
        total += step("what a registry serves", _pull, made[0], counts=True)
        total += step("what is in them", _run_programs, made[0], counts=True)
        total += presets.build("dev", ["machined_api_test"])
        total += step("etcd, as a node runs it", _run_etcd, arch, counts=True)
    return total


def _make(arch, made):
    try:
        made.append(images.ensure(arch))
    except modules.BuildError as error:
        return Outcome(failed=1, output=str(error))
    return Outcome()


def _run_etcd(arch):
    """The methods about etcd and our command lines for it, before a real one."""
    directory = modules.build(modules.ETCD, arch)
    result = run_command([presets.BUILD / "dev/bin/machined_api_test", "[etcd]"], env={"ICHOR_ETCD": str(directory)}, timeout=_TIMEOUT_SECONDS * 5)
    outcome = programs.count(result)
    outcome.output = "" if outcome.ok else result.output
    return outcome


def _get(url):
    request = urllib.request.Request(url, headers={"Accept": _ACCEPTED})
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
        return answer.read()


def _pull(made):
    """Gets every image as a node does: the tag's index, its manifests, and their blobs; and tries to push, in vain."""
    with tempfile.TemporaryDirectory() as work:
        server, port = registry.Registry(pathlib.Path(work)), running.free_port(_PORT)
        server.start(made / "registry", port)
        try:
            outcomes = [check(_pulled(f"http://127.0.0.1:{port}/v2", reference)) for reference in oci.references(made / "layout")]
            outcomes.append(check(_pushed(f"http://127.0.0.1:{port}/v2")))
        finally:
            server.stop()
        if registry.answers(f"http://127.0.0.1:{port}"):
            outcomes.append(Outcome(failed=1, output="the registry answers after it was stopped\n"))
    return _sum(outcomes)


def _sum(outcomes):
    total = sum(outcomes, Outcome())
    total.output = "".join(outcome.output for outcome in outcomes if not outcome.ok)
    return total


def _pulled(url, reference):
    name, tag = registry.repository(reference)
    manifests = json.loads(_get(f"{url}/{name}/manifests/{tag}"))["manifests"]
    for manifest in manifests:
        data = _get(f"{url}/{name}/manifests/{manifest['digest']}")
        yield from _differs(reference, manifest, data)
        content = json.loads(data)
        for item in (content["config"], *content["layers"]):
            yield from _differs(reference, item, _get(f"{url}/{name}/blobs/{item['digest']}"))


def _differs(reference, item, data):
    if len(data) != item["size"] or f"sha256:{hashlib.sha256(data).hexdigest()}" != item["digest"]:
        yield f"{reference}: {item['digest']} came as something else, {len(data)} bytes long"


def _pushed(url):
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/pause/blobs/uploads/", method="POST"), timeout=_TIMEOUT_SECONDS):
            yield "the registry takes pushes"
    except urllib.error.HTTPError as error:
        if error.code != 405:
            yield f"the registry answers a push with {error.code}"


def _run_programs(made):
    """Unpacks every image and runs what it starts, and what else it must have, with nothing else around it."""
    outcomes = []
    for reference, digest in oci.references(made / "layout").items():
        name = registry.repository(reference)[0].split("/")[-1]
        with tempfile.TemporaryDirectory() as root:
            config = _unpack(made / "layout", digest, root)
            started = (config.get("Entrypoint") or ["/bin/busybox"])[0]
            commands = [[started, *_VERSION_WORDS.get(name, ["--version"])], *_MORE.get(name, ())]
            outcomes += [check(_ran(root, reference, command, first=index == 0)) for index, command in enumerate(commands)]
    return _sum(outcomes)


def _unpack(layout, digest, root):
    _, config, *layers = oci.closure(layout, digest)
    for layer in layers:
        with tarfile.open(layout / "blobs" / layer["digest"].replace(":", "/")) as archive:
            archive.extractall(root, filter="tar")
    return oci.read(layout, config["digest"])["config"]


def _ran(root, reference, command, first):
    argv = ["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "unshare", "--fork", "--pid", "--net", f"--root={root}", *command]
    result = run_command(argv, timeout=_TIMEOUT_SECONDS)
    version = reference.rpartition(":")[2].removeprefix("v")
    if not result.ok:
        yield f"{reference}: {' '.join(command)}: {result.ending()}\n{result.output}"
    elif first and command[-1] in ("--version", "-version") and version not in result.output and reference != "registry.k8s.io/pause:3.10.1":
        yield f"{reference}: {' '.join(command)} says {result.output.strip()}"
