"""Steps: named pieces of work, printed with their time as `step` in buildroot.sh prints them."""

import dataclasses
import time


@dataclasses.dataclass
class Outcome:
    """What a step found. `output` is shown whole if something failed, `notes` are shown always."""

    passed: int = 0
    failed: int = 0
    output: str = ""
    notes: list = dataclasses.field(default_factory=list)

    @property
    def ok(self):
        return self.failed == 0

    def __add__(self, other):
        return Outcome(self.passed + other.passed, self.failed + other.failed)


def check(problems, notes=()):
    """The outcome of one check: it passed if there are no problems."""
    problems = list(problems)
    output = "".join(f"{problem}\n" for problem in problems)
    return Outcome(passed=int(not problems), failed=int(bool(problems)), output=output, notes=list(notes))


def step(name, function, *arguments, counts=False):
    """Runs function(*arguments), which returns an Outcome; prints name, time, with `counts` the numbers too."""
    start = time.monotonic()
    outcome = function(*arguments)
    seconds = time.monotonic() - start
    numbers = f"   {summary(outcome)}" if counts else ""
    if outcome.ok:
        print(f"{name:<44} {seconds:7.1f} s{numbers}", flush=True)
    else:
        print(outcome.output.rstrip("\n"))
        print(f"{name:<44} FAILED after {seconds:.1f} s{numbers}", flush=True)
    for note in outcome.notes:
        print(f"  note: {note}", flush=True)
    return outcome


def summary(outcome):
    """The line that every command ends with."""
    return f"{outcome.passed} passed, {outcome.failed} failed"
