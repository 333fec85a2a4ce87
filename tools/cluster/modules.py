"""The programs of a test cluster: real ones, compiled from their Go modules in tests/cluster/."""

import dataclasses
import hashlib
import json
import re
import shutil

from cluster.paths import CACHE, MODULES
from common.process import run as run_command
from common.tree import ROOT

_VERSION_HEADER = ROOT / "lib/config/kubernetes_version.h"


class BuildError(Exception):
    """What stops the images from being made; the text says it whole."""


@dataclasses.dataclass(frozen=True)
class Module:
    """A module of tests/cluster/. `programs` maps the name of a program to its package; `source` is the module that they
    come from, whose version is the image's too."""

    name: str
    source: str
    programs: dict
    variables: tuple = ()  # Go variables that get the version, for --version
    release: str = ""  # the version where there is no source
    stand_ins: tuple = ()  # (file of the source, what is in its place: a file of the directory, or "" for nothing)

    @property
    def directory(self):
        """Where its go.mod is."""
        return MODULES / self.name

    def version(self):
        """The version of `source`, with its `v`."""
        if self.release:
            return self.release
        found = re.search(rf"^(?:\t|require ){re.escape(self.source)} (v\S+)", (self.directory / "go.mod").read_text(encoding="utf-8"),
                          re.MULTILINE)
        if not found:
            raise BuildError(f"tests/cluster/{self.name}/go.mod does not require {self.source}")
        return found[1]


# One program answers to every name of Kubernetes: its images share a layer.
KUBERNETES = Module("kubernetes", "k8s.io/kubernetes", {"kubernetes": "."},
                    ("k8s.io/component-base/version.gitVersion", "k8s.io/client-go/pkg/version.gitVersion"))
ETCD = Module("etcd", "go.etcd.io/etcd/server/v3", {"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3",
                                                    "etcdutl": "go.etcd.io/etcd/etcdutl/v3"})
COREDNS = Module("coredns", "github.com/coredns/coredns", {"coredns": "."})
_UDP = "pkg/backend/udp"
FLANNEL = Module("flannel", "github.com/flannel-io/flannel", {"flanneld": "github.com/flannel-io/flannel"},
                 ("github.com/flannel-io/flannel/pkg/version.Version",),
                 stand_ins=((f"{_UDP}/cproxy_amd64.go", ""), (f"{_UDP}/udp_amd64.go", ""), (f"{_UDP}/udp_network_amd64.go", ""),
                            (f"{_UDP}/udp_network.go", ""), (f"{_UDP}/udp.go", "udp/udp.go")))
PAUSE = Module("pause", "", {"pause": "."}, ("main.version",), "v3.10.2")
ALL = (KUBERNETES, ETCD, COREDNS, FLANNEL, PAUSE)


def default_kubernetes():
    """The release that configs ask for unless somebody says otherwise, such as v1.36.0: the one place is C++."""
    return re.search(r'kDefaultKubernetesVersion = "(v[^"]+)"', _VERSION_HEADER.read_text(encoding="utf-8"))[1]


def check_kubernetes_version():
    """BuildError unless tests/cluster/kubernetes is of the default release."""
    default, ours = default_kubernetes(), KUBERNETES.version()
    if default != ours:
        raise BuildError(f"tests/cluster/kubernetes/go.mod has k8s.io/kubernetes {ours}, lib/config/kubernetes_version.h says {default}: "
                         f"write {default} and v0{default[2:]} there, then: ./ichor shell sh -c 'cd tests/cluster/kubernetes && go mod tidy'")


def _flags(module):
    values = [f"-X={name}={module.version()}" for name in module.variables]
    if module is KUBERNETES:
        minor = module.version().split(".")[1]
        values += [f"-X={name.removesuffix('gitVersion')}{part}" for name in module.variables
                   for part in ("gitMajor=1", f"gitMinor={minor}", "gitTreeState=clean")]
    return ["-trimpath", f"-ldflags=-s -w -buildid= {' '.join(values)}".rstrip()]


def key(module, arch):
    """What the bytes of a module's programs depend on, as a word."""
    digest = hashlib.sha256()
    for word in (arch, *_flags(module), repr(sorted(module.programs.items())), *(repr(pair) for pair in module.stand_ins)):
        digest.update(word.encode() + b"\0")
    for path in sorted(path for path in module.directory.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(module.directory)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _stand_ins(module, work):
    """The flags for a copy of the source in which some files are others: the tool's own overlays leave what it downloaded alone."""
    if not module.stand_ins:
        return []
    found = run_command(["go", "mod", "download", "-json", module.source], cwd=module.directory)
    if not found.ok:
        raise BuildError(f"{found.output}tests/cluster/{module.name}: {module.source}: {found.ending()}")
    source = work / "source"
    shutil.copytree(json.loads(found.output)["Dir"], source, copy_function=shutil.copyfile)
    for directory, _, _ in source.walk():
        directory.chmod(0o755)
    for name, ours in module.stand_ins:
        (source / name).unlink()
        if ours:
            shutil.copyfile(module.directory / ours, source / name)
    text = (module.directory / "go.mod").read_text(encoding="utf-8")
    (work / "go.mod").write_text(f"{text}\nreplace {module.source} => {source}\n", encoding="utf-8")
    shutil.copyfile(module.directory / "go.sum", work / "go.sum")
    return [f"-modfile={work}/go.mod"]


def directory(module, arch):
    """Where a module's programs are once they are compiled."""
    return CACHE / "programs" / f"{module.name}-{arch}-{key(module, arch)}"


def build(module, arch):
    """The directory of a module's programs, static ones for Linux, compiled if they are not in the cache. One caller at a time."""
    whole = directory(module, arch)
    if whole.is_dir():
        return whole
    new = whole.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    environment = {"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": arch}
    work = CACHE / "work"  # the same each time: the path of a copied source is in its program
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    flags = [*_flags(module), *_stand_ins(module, work)]
    for program, package in module.programs.items():
        done = run_command(["nice", "-n", "10", "go", "build", *flags, "-o", new / program, package],
                           cwd=module.directory, env=environment)
        if not done.ok:
            raise BuildError(f"{done.output}tests/cluster/{module.name}: {package}: {done.ending()}")
    shutil.rmtree(work)
    return new.rename(whole)
