"""Every header compiles alone.

A source that includes its own header before anything else proves that for the header (release-amd64 compiles it without a
precompiled one); only the other headers are compiled here.
"""

from checks import compile_commands, cpp_text
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
    """The check "headers": builds CMake's verification targets of the headers, all or the changed ones."""
    with presets.locked(BUILD / "tidy/.lock"):
        done = prepare()
        if done.ok:
            changed = None if scope.everything else {path for path in scope.cpp() if path.endswith(".h")}
            outputs = [unit.output for unit in compile_commands.header_units(changed) if not is_first_in_its_source(scope, unit.header())]
            done = _build(outputs) if outputs else done
    return Outcome(passed=int(done.ok), failed=int(not done.ok), output=done.output)


def is_first_in_its_source(scope, header):
    """Whether there is a source of the same name whose first include is the header."""
    source = header.removesuffix(".h") + ".cc"
    included = cpp_text.includes(scope.text(source)) if (scope.root / source).exists() else []
    return bool(included) and included[0][1] == header


def _build(targets):
    argv = ["cmake", "--build", ROOT / "build/tidy", "--target", *targets, "--", "-k", "0"]
    return presets.command(argv)
