"""Runs the tests of the checks and of the other tools."""

import sys

from common.process import run as run_command
from common.step import Outcome
from common.tree import ROOT


def run(_scope):
    """The check "self-test"."""
    tools = ROOT / "tools"
    modules = [".".join(path.relative_to(tools).with_suffix("").parts) for path in sorted(tools.glob("*/*_test.py"))]
    result = run_command([sys.executable, "-B", "-m", "unittest", *modules], cwd=tools)
    return Outcome(passed=int(result.ok), failed=int(not result.ok), output=result.output)
