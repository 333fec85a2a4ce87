"""Who may include whom: style.md section 2 and design.md section 3."""

import pathlib

from checks import cpp_text, policy
from checks.cmake_targets import targets
from checks.scope import Finding
from common.step import check

# The rooms of lib/ and which others each may include; its own it always may.
_BELOW = {"lib/base": set(), "lib/early": set()}
_BELOW["lib/sys"] = {"lib/base"}
_BELOW["lib/yaml"] = {"lib/base"}
_BELOW["lib/disk"] = {"lib/base", "lib/early"}
_BELOW["lib/resource"] = {"lib/base", "lib/yaml"}
_BELOW["lib/runtime"] = {"lib/base", "lib/sys", "lib/yaml", "lib/resource"}
_BELOW["lib/config"] = _BELOW["lib/pki"] = _BELOW["lib/rpc"] = _BELOW["lib/runtime"] | {"lib/runtime"}
_BELOW["lib/config"] = _BELOW["lib/rpc"] = _BELOW["lib/http"] = _BELOW["lib/rpc"] | {"lib/pki"}
_BELOW["lib/kube"] = _BELOW["lib/http"] | {"lib/http"}
_BELOW["lib/dashboard"] = _BELOW["lib/rpc"] | {"lib/rpc"}
_BELOW["lib/state"] = _BELOW["lib/config"] | {"lib/config", "lib/pki", "lib/rpc"}

PROGRAMS = ("stage1", "machined", "networkd", "apid", "trustd", "cni", "dashboard", "node", "installer", "ichorctl", "tools", "bench", "qemu-tests")

# node/ puts the programs of the node into one executable; it sees nothing of them but this.
_ENTRY = "main.h"

# Rooms without messages of proto/, and rooms without gRPC.
_NO_PROTO = {"lib/base", "lib/early", "lib/sys", "lib/yaml"}
_NO_GRPC = _NO_PROTO | {"lib/resource", "lib/runtime", "lib/config", "lib/pki", "lib/http", "lib/kube"}


def room_of(path):
    """The room that a path is in, as "lib/base" or "machined"; None for what is not ours."""
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] == "lib" and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0] if parts[0] in PROGRAMS and len(parts) > 1 else None


class Layers:
    """The rules with what they need to know of the whole tree."""

    def __init__(self, scope):
        self.scope = scope
        self.files = set(scope.files)
        all_targets = targets(scope)
        # Libraries that only tests link, and what test programs are made from, with the headers beside that.
        self.testing = {path for target in all_targets if target.name.endswith("_testing") for path in target.files}
        sources = [path for target in all_targets for path in target.tests]
        self.tests = {str(pathlib.PurePosixPath(path).with_suffix(suffix)) for path in sources for suffix in (".cc", ".h")}

    def findings(self, path):
        """What is wrong with the includes of one file."""
        room = room_of(path)
        if room is None:
            return
        if room.startswith("lib/") and room not in _BELOW:
            yield Finding(path, 1, f"{room} has no place in the layers: add it to tools/checks/layers.py")
            return
        for line, include, quoted in cpp_text.includes(self.scope.text(path)):
            text = self._error(path, room, include, quoted)
            if text and not self.scope.allow.permits("layers", path):
                yield Finding(path, line, text)

    def _error(self, path, room, include, quoted):
        beside = str(pathlib.PurePosixPath(path).parent / include)
        if quoted and include not in self.files and beside in self.files:
            return f'write "{beside}": own headers are included by their whole path'
        if room in _NO_PROTO and _is_message(include):
            return f"{room} knows no messages, but includes {include}"
        if room in _NO_GRPC and _is_grpc(include):
            return f"{room} is without gRPC, but includes {include}"
        other = room_of(include)
        return self._own_error(path, room, include, other) if other else None

    def _own_error(self, path, room, include, other):
        tests = (path in self.tests or path in self.testing or room in ("bench", "qemu-tests")
                 or _stem(path).endswith(("_test", "_fuzz")))
        if _is_fake(include) or include in self.testing or include in self.tests:
            same_fake = _stem(path) == _stem(include) or _is_fake(path)
            return None if tests or same_fake else f"{include} is for tests only"
        if other == room:
            return None
        if room == "node" and include == f"{other}/{_ENTRY}":
            return None
        if other in PROGRAMS:
            return f"{room} must not include {other}: programs and libraries never include a program"
        if room in PROGRAMS or other in _BELOW[room]:
            return None
        return f"{room} must not include {other}: includes go down only"


def _stem(path):
    return pathlib.PurePosixPath(path).stem


def _is_fake(path):
    return _stem(path).startswith("fake_")


def _is_message(include):
    return include.endswith((".pb.h", ".resources.h")) or include.startswith(("ichor/", "google/protobuf/"))


def _is_grpc(include):
    return include.endswith(".grpc.pb.h") or include.startswith(("grpc/", "grpcpp/", "grpc++/"))


def run(scope):
    """The check "layers"."""
    layers = Layers(scope)
    found = [finding for path in scope.cpp() for finding in layers.findings(path)]
    selected = set(scope.selected)
    found += [finding for finding in policy.findings(scope) if finding.path in selected]
    return check(sorted(found))
