"""The stage "release": both architectures build, every program is what we ship, and the bytes do not depend on where."""

import hashlib
import pathlib
import shutil

from common import presets
from common.presets import BUILD
from common.step import Outcome, step
from common.tree import ROOT, own_files
from stages import elf

# What a person downloads stays small.
MAX_BYTES = {"ichorctl": 24_000_000}

# Neither the parent nor the length of the path is that of the checkout.
AGAIN = BUILD / "again/a-second-checkout-of-another-name"


def build(architecture):
    """Builds one release preset."""
    return presets.build(f"release-{architecture}")


def run(long):
    """The whole stage."""
    total = Outcome()
    for architecture in ("amd64", "arm64"):
        built = build(architecture)
        total += built
        if built.ok:
            total += step(f"programs of release-{architecture}", check_programs, architecture, counts=True)
    if total.ok:
        total += step("release-amd64 again, elsewhere", _build_again, long)
        if total.ok:
            total += step("the same bytes", compare, _bin(ROOT), _bin(AGAIN), counts=True)
        shutil.rmtree(AGAIN.parent, ignore_errors=True)
    return total


def _bin(checkout):
    return checkout / "build/release-amd64/bin"


def _programs(directory):
    return sorted(path for path in directory.glob("*") if path.is_file())


def check_programs(architecture):
    """Looks at every file of bin/."""
    outcome = Outcome()
    for path in _programs(BUILD / f"release-{architecture}/bin"):
        found = elf.problems(path.read_bytes(), architecture) + size_problems(path.name, path.stat().st_size)
        outcome.passed += not found
        outcome.failed += bool(found)
        outcome.output += "".join(f"{path.relative_to(ROOT)} {text}\n" for text in found)
    return outcome


def size_problems(name, size):
    """What is wrong with the size of a program, as sentences."""
    limit = MAX_BYTES.get(name, size)
    return [f"has {size} bytes, more than {limit}"] if size > limit else []


def _build_again(long):
    """Builds a copy of the checkout: new configure, archives and links; new compilations too if `long`."""
    shutil.rmtree(AGAIN.parent, ignore_errors=True)
    for path in own_files():
        copy = AGAIN / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy, follow_symlinks=False)
    environment = {"CCACHE_DISABLE": "1"} if long else {"CCACHE_BASEDIR": str(AGAIN)}
    for argv in (["cmake", "--preset", "release-amd64"], ["cmake", "--build", "--preset", "release-amd64"]):
        done = presets.command(argv, cwd=AGAIN, env=environment)
        if not done.ok:
            return done
    return Outcome()


def compare(one, other):
    """Compares the files of two directories by content."""
    outcome = Outcome()
    for name in sorted({path.name for path in _programs(one) + _programs(other)}):
        digests = [_digest(directory / name) for directory in (one, other)]
        same = digests[0] == digests[1]
        outcome.passed += same
        outcome.failed += not same
        if not same:
            outcome.output += f"{name}: {digests[0]} in the checkout, {digests[1]} in a copy of it\n"
    return outcome


def _digest(path: pathlib.Path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
