"""The stage "fuzz": every libFuzzer program for a few seconds, from the inputs that earlier runs found interesting and
from those of the checkout: the files of a directory NAME_corpus beside the source of the program NAME."""

import pathlib

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
    done = presets.build("fuzz")
    if not done.ok:
        return done
    programs = sorted((BUILD / "fuzz/bin").glob("*_fuzz"))
    seconds = LONG_SECONDS if long else SECONDS
    return step(f"fuzz: {len(programs)} programs, {seconds} s each", _run_all, programs, seconds, counts=True)


def _run_all(programs, seconds):
    outcomes = parallel(lambda program: fuzz(program, seconds), programs)
    total = sum(outcomes, Outcome())
    total.output = "\n".join(outcome.output for outcome in outcomes if not outcome.ok)
    return total


def seeds(name):
    """The directories of the checkout with inputs for a program: none or one."""
    rooms = (room for room in ROOT.iterdir() if room.is_dir() and room not in (BUILD, ROOT / ".git"))
    return [found for room in rooms for found in room.rglob(f"{name}_corpus")]


def fuzz(program, seconds):
    """Runs one program. The input that ends it badly is kept in build/fuzz/crashes/."""
    corpus = CORPUS / program.name
    for directory in (corpus, CRASHES):
        directory.mkdir(parents=True, exist_ok=True)
    result = run_command(
        [program, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1",
         f"-artifact_prefix={CRASHES}/{program.name}-", corpus, *seeds(program.name)], cwd=BUILD / "fuzz", timeout=seconds * 2 + 120)
    output = f"{result.output}\n{program.name}: {result.ending()}; its input is in {CRASHES}/\n"
    return Outcome(passed=int(result.ok), failed=int(not result.ok), output=output)
