"""What is in each image of a test cluster: the names, the paths and the start commands that the public images have."""

import dataclasses
import re
import sys

from cluster import modules
from cluster.paths import PACKAGES
from common.tree import ROOT

sys.path.insert(0, str(ROOT))

# pylint: disable=wrong-import-position
from image.tree import Tree

_NOBODY = 65532
_PASSWD = f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{_NOBODY}:{_NOBODY}:nonroot:/home/nonroot:/sbin/nologin\n"
_GROUP = f"root:x:0:\nnonroot:x:{_NOBODY}:\n"
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"

# Of Debian's packages: programs and libraries, without what only a whole system needs.
_TAKEN = re.compile(r"(usr/(bin|sbin|lib|lib64)|etc/(ethertypes|mke2fs\.conf|netconfig|protocols|rpc|services))(/|$)")
_LEFT = re.compile(r"usr/lib/(systemd|udev|sysusers\.d|tmpfiles\.d|debug|[^/]+/gconv)(/|$)")
# Packages that come along for programs which nothing here starts.
_UNUSED = re.compile(r"(lib)?(python3|icu|glib2|sqlite3)|debconf|dpkg|tzdata")
# What installing the packages would link.
_LINKS = {**{top: f"usr/{top}" for top in ("bin", "sbin", "lib")},
          **{f"usr/sbin/{family}{suffix}": "xtables-nft-multi" for family in ("iptables", "ip6tables") for suffix in ("", "-save", "-restore")}}
_BUSYBOX = ("awk", "cat", "cp", "date", "echo", "env", "false", "find", "grep", "head", "hostname", "httpd", "id", "ip", "kill", "ls", "mkdir",
            "mount", "mv", "nc", "nslookup", "ping", "ps", "rm", "sed", "seq", "sh", "sleep", "sort", "stat", "tail", "test", "touch", "tr",
            "true", "uname", "vi", "wc", "wget")


@dataclasses.dataclass(frozen=True)
class Image:
    """An image: its references, which layers it has, in order, and how it starts."""

    references: tuple
    layers: tuple  # names of layers(): images that begin with the same ones share them on a node too
    config: dict


def _versioned(repository, module, prefix="v"):
    return (f"{repository}:{prefix}{module.version()[1:]}",)


def _starts(*words, **more):
    return {"Entrypoint": list(words), "Env": [_PATH], "WorkingDir": "/", **more}


def images():
    """Every image."""
    kubernetes = [
        Image(_versioned(f"registry.k8s.io/{name}", modules.KUBERNETES), ("kubernetes", *more, name), _starts(f"/usr/local/bin/{name}"))
        for name, more in (("kube-apiserver", ("base",)), ("kube-controller-manager", ("base",)), ("kube-scheduler", ("base",)),
                           ("kube-proxy", ("tools",)))]
    return [
        *kubernetes,
        Image(_versioned("ghcr.io/siderolabs/kubelet", modules.KUBERNETES), ("kubernetes", "tools", "kubelet"), _starts("/usr/local/bin/kubelet")),
        Image(_versioned("registry.k8s.io/etcd", modules.ETCD, ""), ("base", "etcd"), _starts("/usr/local/bin/etcd")),
        Image(_versioned("registry.k8s.io/coredns/coredns", modules.COREDNS), ("base", "coredns"),
              _starts("/coredns", User="nonroot:nonroot", ExposedPorts={"53/tcp": {}, "53/udp": {}})),
        Image(_versioned("ghcr.io/siderolabs/flannel", modules.FLANNEL, ""), ("tools", "flannel"), _starts("/opt/bin/flanneld")),
        # The second tag is what containerd 2.2 begins every pod with.
        Image((*_versioned("registry.k8s.io/pause", modules.PAUSE, ""), "registry.k8s.io/pause:3.10.1"), ("pause",),
              _starts("/pause", User="65535:65535")),
        Image(("docker.io/library/busybox:1.37",), ("busybox",), {"Cmd": ["sh"], "Env": [_PATH], "WorkingDir": "/"}),
    ]


def layers(programs):
    """{name: Tree} of every layer; `programs` maps the name of a module to the directory of its programs."""
    names = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
    etcd = Tree()
    for program in modules.ETCD.programs:
        etcd.file(f"usr/local/bin/{program}", "etcd", programs["etcd"] / program, executable=True)
    trees = {name: Tree() for name in names}
    for name, tree in trees.items():
        tree.link(f"usr/local/bin/{name}", "kubernetes", "kubernetes")
    trees["kubelet"].link("usr/local/bin/kubectl", "kubernetes", "kubernetes")
    return {**trees, "base": _base(Tree()), "tools": _tools(), "busybox": _busybox(), "etcd": etcd,
            "kubernetes": _one("usr/local/bin/kubernetes", programs["kubernetes"] / "kubernetes"),
            "coredns": _one("coredns", programs["coredns"] / "coredns"),
            "flannel": _one("opt/bin/flanneld", programs["flannel"] / "flanneld"),
            "pause": _one("pause", programs["pause"] / "pause")}


def _one(path, program):
    tree = Tree()
    tree.file(path, program.name, program, executable=True)
    return tree


def _base(tree):
    tree.file("etc/passwd", "base", _PASSWD.encode())
    tree.file("etc/group", "base", _GROUP.encode())
    tree.directory("tmp", "base", 0o1777)
    return tree


def _tools():
    """Debian's programs, of the tree that tools/clusterroot.sh extracted."""
    tree = _base(Tree())
    for line in (PACKAGES / "files.tsv").read_text(encoding="utf-8").splitlines():
        package, path = line.split("\t")
        path = re.sub(r"^(bin|sbin|lib|lib64)/", r"usr/\1/", path)
        source = PACKAGES / path
        if _UNUSED.match(package) or not _TAKEN.match(path) or _LEFT.match(path) or path in tree:
            continue
        if source.is_symlink():
            tree.link(path, package, str(source.readlink()))
        elif source.is_file():
            tree.file(path, package, source, executable=bool(source.stat().st_mode & 0o100))
    for path, target in _LINKS.items():
        tree.link(path, "alternatives", target)
    if (PACKAGES / "usr/lib64").exists():
        tree.link("lib64", "alternatives", "usr/lib64")
    return tree


def _busybox():
    """A shell and small servers, for pods of tests."""
    tree = _base(Tree())
    tree.file("bin/busybox", "busybox-static", PACKAGES / "usr/bin/busybox", executable=True)
    for name in _BUSYBOX:
        tree.link(f"bin/{name}", "busybox-static", "busybox")
    return tree
