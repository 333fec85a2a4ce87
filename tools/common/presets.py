"""Configures and builds CMake presets, under the lock that ./ichor takes too."""

import contextlib
import fcntl

from common.process import run
from common.step import Outcome, step
from common.tree import ROOT

BUILD = ROOT / "build"


@contextlib.contextmanager
def locked(path):
    """Holds the file's lock. Says so if it has to wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another command to release {path.relative_to(ROOT)}", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def command(argv, cwd=ROOT, **options):
    """The outcome of a command that is not itself a test: it counts only if it fails."""
    result = run(argv, cwd=cwd, **options)
    return Outcome(failed=int(not result.ok), output=f"{result.output}\n{' '.join(result.argv)}: {result.ending()}\n")


def configure(preset):
    """Makes build/PRESET/build.ninja if it is missing or older than what it is made from. The caller holds the lock."""
    if (BUILD / preset / "build.ninja").exists():
        done = command(["ninja", "-C", BUILD / preset, "build.ninja"])
        return done if done.ok else step(f"configure {preset}", lambda: done)
    return step(f"configure {preset}", command, ["cmake", "--preset", preset])


def build(preset, targets=()):
    """Builds a preset, or some targets of it, as steps."""
    with locked(BUILD / preset / ".lock"):
        done = configure(preset)
        if done.ok:
            done += step(f"build {preset}", command, ["tools/build_preset.sh", preset, *targets])
        return done
