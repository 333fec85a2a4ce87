"""The stages "unit" and "tsan": every test program that ctest knows in a preset."""

import json
import re

from common import presets
from common.presets import BUILD
from common.process import parallel, run as run_command
from common.step import Outcome, step

_TIMEOUT_SECONDS = 300
_ALL_PASSED = re.compile(r"^All tests passed \(.* in (\d+) test cases?\)", re.MULTILINE)
_SUMMARY = re.compile(r"^test cases: +(\d+)(.*)$", re.MULTILINE)


def run(preset, pattern=None):
    """Builds the preset's tests, or those whose names match `pattern`, runs them, and sums up their test cases."""
    with presets.locked(BUILD / preset / ".lock"):
        done = presets.configure(preset)
        if not done.ok:
            return done
    names = [test["name"] for test in _tests(preset) if pattern is None or re.search(pattern, test["name"])]
    if pattern is not None and not names:
        print(f"no test of {preset} matches '{pattern}': {', '.join(test['name'] for test in _tests(preset))}")
        return Outcome(failed=1)
    done = presets.build(preset, () if pattern is None else names)
    if not done.ok:
        return done
    tests = [test for test in _tests(preset) if test["name"] in names]
    return step(f"test {preset}: {len(tests)} programs", _run_all, tests, counts=True)


def _tests(preset):
    """ctest's list: name, properties and, once it is built, command of each test."""
    listed = run_command(["ctest", "--test-dir", BUILD / preset, "--show-only=json-v1"], merge=False)
    return json.loads(listed.stdout)["tests"] if listed.ok else []


def _run_all(tests):
    outcomes = parallel(_run_one, tests)
    total = sum(outcomes, Outcome())
    total.output = "\n".join(outcome.output for outcome in outcomes if not outcome.ok)
    return total


def _run_one(test):
    if "command" not in test:
        return Outcome(failed=1, output=f"{test['name']}: was not built\n")
    properties = {item["name"]: item["value"] for item in test.get("properties", [])}
    environment = dict(item.split("=", 1) for item in properties.get("ENVIRONMENT", []))
    result = run_command(test["command"], cwd=properties.get("WORKING_DIRECTORY"), env=environment,
                         timeout=_TIMEOUT_SECONDS)
    outcome = count(result)
    if not outcome.ok:
        outcome.output = f"{result.output}\n{test['name']}: {result.ending()}\n"
    return outcome


def count(result):
    """The test cases that a Catch2 program says it ran. A crash, or a failure without a number, is one failed case."""
    everything, some = _ALL_PASSED.search(result.output), _SUMMARY.search(result.output)
    if result.ok and everything:
        return Outcome(passed=int(everything[1]))
    if result.code is None or result.code < 0 or not some:
        return Outcome(passed=int(result.ok), failed=int(not result.ok))
    passed = re.search(r"(\d+) passed", some[2])
    failed = re.search(r"(\d+) failed(?! as expected)", some[2])
    outcome = Outcome(int(passed[1]) if passed else 0, int(failed[1]) if failed else 0)
    if not result.ok:
        outcome.failed = max(1, outcome.failed)
    return outcome
