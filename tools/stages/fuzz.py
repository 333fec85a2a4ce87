"""The stage "fuzz": every libFuzzer program for a few seconds, from the inputs of the checkout: the files of a directory
NAME_corpus beside the source of the program NAME.

The sample of every run tries the same: no inputs of earlier runs, and one seed of randomness, so that what it finds is
what the change did. With --long it goes on from what earlier runs found interesting, anew each time.
"""

import pathlib
import tempfile

from common import presets
from common.presets import BUILD
from common.process import parallel, run as run_command
from common.step import Outcome, step
from common.tree import ROOT

CORPUS = pathlib.Path("/cache/fuzz")
CRASHES = BUILD / "fuzz/crashes"
SECONDS, LONG_SECONDS = 5, 60


def run(long):
    """The whole stage."""
    done = presets.build("dev", ["fuzzers"])
    if not done.ok:
        return done
    programs = sorted((BUILD / "dev/bin").glob("*_fuzz"))
    seconds = LONG_SECONDS if long else SECONDS
    return step(f"fuzz: {len(programs)} programs, {seconds} s each", _run_all, programs, long, counts=True)


def _run_all(programs, long):
    outcomes = parallel(_go_on if long else _sample, programs)
    total = sum(outcomes, Outcome())
    total.output = "\n".join(outcome.output for outcome in outcomes if not outcome.ok)
    return total


def seeds(name):
    """The directories of the checkout with inputs for a program: none or one."""
    rooms = (room for room in ROOT.iterdir() if room.is_dir() and room not in (BUILD, ROOT / ".git"))
    return [found for room in rooms for found in room.rglob(f"{name}_corpus")]


def _sample(program):
    with tempfile.TemporaryDirectory() as corpus:
        return fuzz(program, SECONDS, corpus, ["-seed=1"])


def _go_on(program):
    corpus = CORPUS / program.name
    corpus.mkdir(parents=True, exist_ok=True)
    return fuzz(program, LONG_SECONDS, corpus, [])


def fuzz(program, seconds, corpus, arguments):
    """Runs one program. What it finds interesting is put into `corpus`; the input that ends it badly is kept in build/fuzz/crashes/."""
    CRASHES.mkdir(parents=True, exist_ok=True)
    result = run_command(
        [program, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1",
         f"-artifact_prefix={CRASHES}/{program.name}-", *arguments, corpus, *seeds(program.name)], cwd=BUILD / "fuzz", timeout=seconds * 2 + 120)
    output = f"{result.output}\n{program.name}: {result.ending()}; its input is in {CRASHES}/\n"
    return Outcome(passed=int(result.ok), failed=int(not result.ok), output=output)
