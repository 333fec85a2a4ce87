"""The programs of a test cluster: real ones, compiled from their Go modules in tests/cluster/."""

import dataclasses
import hashlib
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
PAUSE = Module("pause", "", {"pause": "."}, ("main.version",), "v3.10.2")
ALL = (KUBERNETES, ETCD, COREDNS, PAUSE)


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
    for word in (arch, *_flags(module), repr(sorted(module.programs.items()))):
        digest.update(word.encode() + b"\0")
    for path in sorted(path for path in module.directory.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(module.directory)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def build(module, arch):
    """The directory of a module's programs, static ones for Linux, compiled if they are not in the cache. One caller at a time."""
    directory = CACHE / "programs" / f"{module.name}-{arch}-{key(module, arch)}"
    if directory.is_dir():
        return directory
    new = directory.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    environment = {"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": arch}
    for program, package in module.programs.items():
        done = run_command(["nice", "-n", "10", "go", "build", *_flags(module), "-o", new / program, package],
                           cwd=module.directory, env=environment)
        if not done.ok:
            raise BuildError(f"{done.output}tests/cluster/{module.name}: {package}: {done.ending()}")
    return new.rename(directory)
