#!/usr/bin/env python3
"""The stages of ./ichor test. Runs inside the build root."""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import argparse
import time

from cluster import images
from common import presets
from common.presets import BUILD
from common.process import interruptible
from common.step import Outcome, summary
from lint import lint
from machine.spec import host_arch
from stages import boot, cluster, compat, fuzz, image, programs, release

_TIDY_SECONDS = 180  # a cold machine takes several times that for all sources; what was clean is remembered

STAGES = {
    "lint": lambda options: lint(changed=False, seconds=None if options.long else _TIDY_SECONDS),
    "unit": lambda options: programs.run("dev"),
    "tsan": lambda options: programs.run("tsan"),
    "release": lambda options: release.run(options.long),
    "image": lambda options: image.run(options.long),
    "cluster": lambda options: cluster.run(),
    "boot": lambda options: boot.run(options.long, with_kubernetes(options)),
    "fuzz": lambda options: fuzz.run(options.long),
    "compat": lambda options: compat.run(),
}

HELP = """Runs the stages in this order; one that fails does not stop those after it.

  lint      the checks of ./ichor lint; without --long clang-tidy looks at new sources for three minutes
  unit      every test program of the preset dev (AddressSanitizer, UndefinedBehaviorSanitizer)
  tsan      those of modules that run several threads, under ThreadSanitizer
  release   both release presets: programs are static-pie, stripped, of the right architecture; built from a second
            directory (configure, archive and link; with --long also compiled) release-amd64 has the same bytes
  image     the images of both architectures hold what they promise: no shell, no setuid, a dm-verity tree that fits, a
            manifest that is right, the limits of size; amd64 (with --long both) comes out the same twice
  cluster   the container images of a test cluster; a local registry serves every blob whole, every program in them runs
  boot      those images in QEMU; a test that fails keeps the console's log and the disks in build/qemu/
  fuzz      every fuzz program for 5 s, with --long for 60 s; a failing input is kept in build/fuzz/crashes/
  compat    the official Go client against release-amd64's state-server

A real Kubernetes takes a machine too long to compile: what needs one runs if `./ichor images` was run before, and with --long or
--only cluster in any case.

The last line is `N passed, N failed`; the exit code is 0 if something passed and nothing failed.
"""

EXAMPLES = """examples:
  ./ichor test --only runtime          builds and runs runtime_test and its like of the preset dev: the inner loop
  ./ichor test --only '^base_test$'    one program
  ./ichor test --only tsan             one stage
"""


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="./ichor test", description=HELP, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="LABEL",
                        help="one stage by its name; anything else is a regular expression for names of ctest's tests "
                             "in the preset dev, of which only what they need is built")
    parser.add_argument("--long", action="store_true", help="the long size of what repeats")
    return parser.parse_args()


def with_kubernetes(options):
    """Whether tests run that need a real Kubernetes."""
    return options.long or images.compiled(host_arch())


def chosen(options):
    """The stages to run."""
    if options.only is None:
        if with_kubernetes(options):
            return STAGES
        print("Not run, since a real Kubernetes is not in the cache (./ichor images): the stage cluster, and what in boot needs one")
        return {name: stage for name, stage in STAGES.items() if name != "cluster"}
    if options.only in STAGES:
        return {options.only: STAGES[options.only]}
    return {"unit": lambda _: programs.run("dev", options.only)}


def run_stage(stage, options):
    """A stage's outcome. An error in a stage's own code fails it and not those after it."""
    try:
        return stage(options)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
        return Outcome(failed=1)


def main():
    """Runs the chosen stages, prints a table of them and the sum."""
    options = arguments()
    rows, total = [], Outcome()
    with presets.locked(BUILD / ".test.lock"):
        for name, stage in chosen(options).items():
            start = time.monotonic()
            outcome = run_stage(stage, options)
            rows.append((name, time.monotonic() - start, outcome))
            total += outcome
    if len(rows) > 1:
        print(f"\n{'stage':<12}{'seconds':>9}{'passed':>9}{'failed':>9}")
        for name, seconds, outcome in rows:
            print(f"{name:<12}{seconds:>9.1f}{outcome.passed:>9}{outcome.failed:>9}")
    print(summary(total))
    return 0 if total.ok and total.passed else 1


if __name__ == "__main__":
    interruptible(main)
