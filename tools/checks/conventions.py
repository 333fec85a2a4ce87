"""Habits of style.md that are seen in the text of one file."""

import re

from checks import cpp_text
from checks.header_bodies import long_bodies
from checks.scope import Finding
from common.step import check

_USING_NAMESPACE = re.compile(r"\busing\s+namespace\b")


def _first_code_line(text):
    return next((line.strip() for line in cpp_text.without_comments(text).splitlines() if line.strip()), "")


def findings(scope):
    """What is wrong with each file."""
    for path in scope.cpp():
        text = scope.text(path)
        plain = cpp_text.code(text)
        for match in _USING_NAMESPACE.finditer(plain):
            if not scope.allow.permits("using-namespace", path):
                yield Finding(path, cpp_text.line_of(plain, match.start()), "no `using namespace`")
        if path.endswith(".h"):
            if _first_code_line(text) != "#pragma once":
                yield Finding(path, 1, "a header starts with #pragma once, after an optional comment")
            for line, length in long_bodies(plain):
                if not scope.allow.permits("header-body", path):
                    yield Finding(path, line, f"a body of {length} lines in a header: more than 3 belong in the .cc file")


def run(scope):
    """The check "conventions"."""
    return check(sorted(findings(scope)))
