"""clang-tidy over every own source that CMake compiles. Sources known to be clean are not looked at again."""

import hashlib
import os
import pathlib
import re
import time

from checks import compile_commands, cpp_text
from checks.headers import prepare
from checks.tidy_cache import TidyCache
from common import presets
from common.presets import BUILD
from common.process import parallel, run as run_command
from common.step import Outcome
from common.tree import ROOT

CACHE = pathlib.Path("/cache/tidy")
PLUGIN_SOURCE = ROOT / "tools/checks/tidy_scope.cc"
LLVM = pathlib.Path("/usr/lib/llvm-19/include")

# The analyzer gives up on a function after this many states instead of 225,000: a fifth of the time.
OPTIONS = [f"--extra-arg={word}" for word in
           ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=40000", "-Wno-unused-command-line-argument")]
# Every path of a test runs under AddressSanitizer, so the analyzer, half of the time, has little to add. The check of
# optionals does not see that Catch2's REQUIRE(found.has_value()) ends a test, and names every use after it.
OPTIONS_OF_TESTS = ["--checks=-clang-analyzer-*,-bugprone-unchecked-optional-access"]


def _build_plugin():
    """The library made from tidy_scope.cc, or None if the build root lacks clang's headers."""
    if not (LLVM / "clang/AST/ASTContext.h").exists():
        return None
    version = run_command(["clang-tidy-19", "--version"]).output
    name = hashlib.sha256(PLUGIN_SOURCE.read_bytes() + version.encode()).hexdigest()[:16]
    library = CACHE / f"tidy_scope-{name}.so"
    if not library.exists():
        new = library.with_suffix(f".{os.getpid()}.new")
        made = run_command(["clang++-19", "-std=c++17", "-O1", "-fPIC", "-fno-rtti", "-shared", "-isystem", LLVM,
                            PLUGIN_SOURCE, "-o", new])
        if not made.ok:
            raise RuntimeError(f"{PLUGIN_SOURCE} does not compile:\n{made.output}")
        new.rename(library)
    return library


def select(scope, units):
    """The units to look at: all, or those of changed sources and one that includes each changed header."""
    if scope.everything:
        return units
    changed = set(scope.cpp())
    chosen = {unit.path for unit in units if unit.path in changed}
    for header in sorted(path for path in changed if path.endswith(".h")):
        users = [unit.path for unit in units if _includes(scope, unit.path, header)]
        if users and not chosen.intersection(users):
            chosen.add(min(users, key=lambda path: (not path.startswith(header.removesuffix(".h")), path)))
    return [unit for unit in units if unit.path in chosen]


def _includes(scope, path, header):
    return any(include == header for _, include, _ in cpp_text.includes(scope.text(path)))


def run(scope):
    """The check "tidy"."""
    with presets.locked(BUILD / "tidy/.lock"):
        done = prepare()
    if not done.ok:
        return done
    units = select(scope, compile_commands.own_units())
    plugin = _build_plugin()
    load = [f"--load={plugin}"] if plugin else []
    cache = TidyCache(CACHE, [plugin, OPTIONS, OPTIONS_OF_TESTS, run_command(["clang-tidy-19", "--version"]).output])
    missing = [unit for unit in units if not cache.is_clean(unit)]
    results = within(scope.seconds, lambda unit: _look_at(unit, load, cache), missing)
    output = "".join(dict.fromkeys(block for text in results for block in blocks(text)))
    notes = [f"{len(units)} sources, {len(units) - len(missing)} of them known to be clean"]
    if len(results) < len(missing):
        notes.append(f"no time for {len(missing) - len(results)} of them: ./ichor lint looks at all")
    if not plugin:
        notes.append("slow: libclang-19-dev and llvm-19-dev are not in cmake/build-root.packages")
    return Outcome(passed=int(not output), failed=int(bool(output)), output=output, notes=notes)


def within(seconds, function, items):
    """The results of function(item) for the items that were begun within so many seconds; for all of them if `seconds` is None."""
    until = None if seconds is None else time.monotonic() + seconds
    skipped = object()
    results = parallel(lambda item: skipped if until and time.monotonic() >= until else function(item), items)
    return [result for result in results if result is not skipped]


def blocks(text):
    """The findings in clang-tidy's output, each with its notes: those of a header come once for each source."""
    return re.split(r"^(?=\S+:\d+:\d+: (?:error|warning):)", text, flags=re.MULTILINE)


def _look_at(unit, load, cache):
    """The findings in one unit, "" if it is clean."""
    before = cache.state_of(unit)
    options = [*load, *OPTIONS, *(OPTIONS_OF_TESTS if unit.path.endswith("_test.cc") else [])]
    result = run_command(["clang-tidy-19", *options, "-p", compile_commands.DIRECTORY, "--quiet", ROOT / unit.path],
                         merge=False)
    if not result.ok:
        return result.stdout or f"{unit.path}: clang-tidy: {result.ending()}\n{result.stderr}"
    cache.add_clean(unit, before)
    return ""
