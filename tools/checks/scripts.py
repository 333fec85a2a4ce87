"""Checks of shell scripts and Python files."""

import ast
import re

from checks.scope import Finding
from common.process import run as run_command
from common.step import Outcome, check

_SHEBANG = re.compile(r"#!\s*\S*/(?:env +)?(?:ba|da)?sh\b")
_LONGEST_FUNCTION = 60


def _is_shell(scope, path):
    if path.endswith(".sh"):
        return True
    if "." in path.split("/")[-1].lstrip("."):
        return False
    with open(scope.root / path, "rb") as file:
        return bool(_SHEBANG.match(file.read(80).decode("utf-8", "replace")))


def run_shell(scope):
    """The check "shell": bash -n and shellcheck."""
    scripts = [path for path in scope.selected if _is_shell(scope, path)]
    runs = [run_command(["bash", "-n", path], cwd=scope.root) for path in scripts]
    if scripts:
        runs.append(run_command(["shellcheck", "-x", *scripts], cwd=scope.root))
    output = "".join(result.output for result in runs if not result.ok)
    return Outcome(passed=int(not output), failed=int(bool(output)), output=output)


def python_findings(scope):
    """Syntax errors and long functions."""
    for path in scope.selected:
        if not path.endswith(".py"):
            continue
        try:
            tree = ast.parse(scope.text(path), path)
        except SyntaxError as error:
            yield Finding(path, error.lineno or 1, f"syntax error: {error.msg}")
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > _LONGEST_FUNCTION:
                    yield Finding(path, node.lineno, f"{node.name}() has {lines} lines, more than {_LONGEST_FUNCTION}")


def run_python(scope):
    """The check "python"."""
    return check(python_findings(scope))
