"""clang-format for C++, gofmt for Go."""

import collections
import re

from checks.scope import CPP_SUFFIXES
from common.process import run as run_command
from common.step import Outcome
from common.tree import ROOT


def _cpp(files):
    return [path for path in files if path.endswith(CPP_SUFFIXES)]


def _go(files):
    return [path for path in files if path.endswith(".go")]


def _short(output):
    """One line for each file that clang-format complains of, or all it said if that is something else."""
    lines = collections.defaultdict(set)
    for path, line in re.findall(r"^(\S+):(\d+):\d+: error: code should be clang-formatted", output, re.MULTILINE):
        lines[path].add(int(line))
    text = (f"{path}:{min(numbers)}: clang-format would change it, here and in {len(numbers) - 1} more lines\n"
            for path, numbers in lines.items())
    return "".join(text) if lines else output


def run(scope):
    """The check "format"."""
    output = ""
    if _cpp(scope.selected):
        result = run_command(["clang-format-19", "--dry-run", "-Werror", *_cpp(scope.selected)], cwd=scope.root)
        output += "" if result.ok else _short(result.output)
    if _go(scope.selected):
        result = run_command(["gofmt", "-l", *_go(scope.selected)], cwd=scope.root)
        output += "".join(f"{line}: gofmt would change it\n" for line in result.output.splitlines())
    if output:
        output += "./ichor fmt repairs this.\n"
    return Outcome(passed=int(not output), failed=int(bool(output)), output=output)


def fix(files):
    """Formats all files in place."""
    runs = []
    if _cpp(files):
        runs.append(run_command(["clang-format-19", "-i", *_cpp(files)], cwd=ROOT))
    if _go(files):
        runs.append(run_command(["gofmt", "-w", *_go(files)], cwd=ROOT))
    return Outcome(failed=sum(not result.ok for result in runs), output="".join(result.output for result in runs))
