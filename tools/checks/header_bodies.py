"""Finds function bodies in a header by their braces. Templates and constant expressions must be there and are skipped."""

import re

from checks import cpp_text

LONGEST = 3

_SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")
_MUST_BE_HERE = re.compile(r"\b(?:template|constexpr|consteval)\b|[(,]\s*(?:const\s+)?(?:[\w:]+\s+)?auto\b")
_INITIALIZER = re.compile(r"(?:[=(,{]|\breturn)\s*$|[\w>\]]$")


def long_bodies(plain):
    """(line, lines of the body) of each long function body in code() of a header."""
    text = cpp_text.without_directives(plain)
    return list(_bodies(text, 0, len(text)))


def _bodies(text, start, end):
    head_from = position = start
    while position < end:
        letter = text[position]
        if letter in ";}":
            head_from = position + 1
        if letter != "{":
            position += 1
            continue
        close = _closing(text, position, end)
        head = text[head_from:position]
        kind = _kind(head)
        if kind == "scope":
            yield from _bodies(text, position + 1, close)
        elif kind == "function":
            length = text.count("\n", position, close) - 1
            if length > LONGEST:
                yield cpp_text.line_of(text, position), length
        position = close + 1
        if kind != "initializer":
            head_from = position


def _kind(head):
    """What the brace after `head` opens; "skipped" for what has to be in the header."""
    if _INITIALIZER.search(head):
        return "initializer"
    if _MUST_BE_HERE.search(head):
        return "skipped"
    outside = re.sub(r"\([^()]*\)", "()", head)
    if _SCOPE.search(outside) or ")" not in head:
        return "scope"
    return "function"


def _closing(text, position, end):
    depth = 0
    for index in range(position, end):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return index
    return end
