#!/usr/bin/env python3
"""The checks of ./ichor lint. Runs inside the build root."""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import argparse

from checks import (allow, conventions, doors, format as formatting, headers, layers, listed, scripts, self_test,
                    sizes, tidy)
from checks.scope import Scope
from common.process import interruptible
from common.step import Outcome, step, summary
from common.tree import changed_files, own_files

HELP = """Runs every check of the sources. Each is a module of tools/checks/.

  format        clang-format and gofmt (./ichor fmt repairs it)
  layers        which directory may include which: style.md section 2
  doors         where kernel headers, clocks, threads, exceptions and libyaml may be used
  conventions   #pragma once, using namespace, long bodies in headers
  listed        every source and header is in a CMakeLists.txt
  allow-list    every exception in tools/checks/allow.txt is still needed
  sizes         notes on large files and directories; never fails
  shell         bash -n and shellcheck
  python        syntax and function size of Python files
  self-test     the tests of these checks
  headers       every header compiles alone
  tidy          clang-tidy; clean results are kept in ~/.cache/ichor/tidy
"""

CHECKS = (
    ("format", formatting.run), ("layers", layers.run), ("doors", doors.run), ("conventions", conventions.run),
    ("listed", listed.run), ("allow-list", allow.run), ("sizes", sizes.run), ("shell", scripts.run_shell),
    ("python", scripts.run_python), ("self-test", self_test.run), ("headers", headers.run), ("tidy", tidy.run),
)


def lint(changed, seconds=None):
    """Runs all checks, over changed files only if so asked, as steps; clang-tidy for so many seconds. Returns the sum of their outcomes."""
    files = own_files()
    scope = Scope(files, changed_files() if changed else files, everything=not changed, seconds=seconds)
    total = Outcome()
    for name, run in CHECKS:
        total += step(f"lint {name}", run, scope)
    return total


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="./ichor lint", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changed", action="store_true",
                        help="only files that differ from main (on main: from origin/main, else the last commit and "
                             "what is not committed); a changed header is tidied through one source that includes it")
    parser.add_argument("--fix-format", action="store_true", help="do nothing but format all files in place")
    options = parser.parse_args()
    if options.fix_format:
        return 0 if step("format", formatting.fix, own_files()).ok else 1
    total = lint(options.changed)
    print(summary(total))
    return 0 if total.ok else 1


if __name__ == "__main__":
    interruptible(main)
