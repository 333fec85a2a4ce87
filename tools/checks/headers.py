"""Every header compiles alone."""

from checks import compile_commands
from common import presets
from common.presets import BUILD
from common.step import Outcome
from common.tree import ROOT


def prepare():
    """Configures the preset `tidy` and makes its generated code. The caller holds the lock."""
    done = Outcome()
    if not (BUILD / "tidy/build.ninja").exists():
        done = presets.command(["cmake", "--preset", "tidy"])
    return presets.command(["cmake", "--build", "--preset", "tidy", "--target", "generated"]) if done.ok else done


def run(scope):
    """The check "headers": builds CMake's verification targets, all or those of the changed headers."""
    with presets.locked(BUILD / "tidy/.lock"):
        done = prepare()
        if done.ok and scope.everything:
            done = _build(["all_verify_interface_header_sets"])
        elif done.ok:
            changed = {path for path in scope.cpp() if path.endswith(".h")}
            outputs = [unit.output for unit in compile_commands.header_units(changed)]
            done = _build(outputs) if outputs else done
    return Outcome(passed=int(done.ok), failed=int(not done.ok), output=done.output)


def _build(targets):
    argv = ["cmake", "--build", ROOT / "build/tidy", "--target", *targets, "--", "-k", "0"]
    return presets.command(argv)
