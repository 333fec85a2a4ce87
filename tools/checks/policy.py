"""Policy is pure: its files and CMake targets reach neither the kernel nor a clock nor chance."""

import pathlib
import re

from checks import cpp_text
from checks.cmake_targets import targets
from checks.scope import Finding

_NAME = re.compile(r"^(?:.*_)?policy\.(?:h|cc)$")
_NOT_OURS = {"random": "chance", "fstream": "files", "filesystem": "files", "unistd.h": "the kernel",
             "fcntl.h": "the kernel"}


def findings(scope):
    """What is wrong with policy files and targets, in the whole tree."""
    all_targets = targets(scope)
    policies = [target for target in all_targets if target.name.endswith("_policy")]
    for target in policies:
        for dep in target.deps:
            if dep in ("ichor::sys", "ichor::sys_testing"):
                yield Finding(target.cmake, target.line, f"{target.name} must not link {dep}: it is a policy")
    listed = {path for target in policies for path in target.files}
    named = {path for path in scope.files if _NAME.match(pathlib.PurePosixPath(path).name)}
    includes = _Includes(scope)
    for path in sorted((listed | named) & set(scope.files)):
        if path not in listed:
            yield Finding(path, 1, "a policy file must be in a CMake target of its own, named *_policy")
        yield from _file_findings(scope, includes, path)


def _file_findings(scope, includes, path):
    for line, include in includes.of(path):
        text = _error(includes, include)
        if text and not scope.allow.permits("policy", path):
            yield Finding(path, line, text)


def _error(includes, include):
    if include in _NOT_OURS:
        return f"policy is pure, but <{include}> is the way to {_NOT_OURS[include]}"
    if include == "lib/base/clock.h":
        return "policy has no clock: time is an input resource"
    chain = includes.way_to_sys(include)
    return f"policy must not reach lib/sys: {' includes '.join(chain)}" if chain else None


class _Includes:
    """The own headers that each file includes, read once."""

    def __init__(self, scope):
        self.scope = scope
        self.files = set(scope.files)
        self.known = {}

    def of(self, path):
        """(line, include) of every include of a file."""
        if path not in self.known:
            found = cpp_text.includes(self.scope.text(path))
            self.known[path] = [(line, include) for line, include, _ in found]
        return self.known[path]

    def way_to_sys(self, start):
        """The headers from `start` to one of lib/sys, or None."""
        ways, seen = [[start]], {start}
        for way in ways:
            if way[-1].startswith("lib/sys/"):
                return way
            if way[-1] in self.files:
                following = [include for _, include in self.of(way[-1]) if include not in seen]
                seen.update(following)
                ways += [way + [include] for include in following]
        return None
