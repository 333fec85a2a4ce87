"""C++ sources as text: comments and literals blanked, includes found. Line numbers stay right."""

import re

_TOKEN = re.compile(r"""
    (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
  | (?P<raw> \b(?:u8|[uUL])?R"(?P<mark>[^(\s\\]{0,16})\(.*?\)(?P=mark)" )
  | (?P<string> "(?:\\.|[^"\\\n])*" )
  | (?P<char> (?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+' )
""", re.VERBOSE | re.DOTALL)

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


def _newlines(text):
    return "\n" * text.count("\n")


def without_comments(text):
    """The text with comments made empty; literals stay."""
    return _TOKEN.sub(lambda m: (" " + _newlines(m[0])) if m["comment"] else m[0], text)


def code(text):
    """The text without comments and without the content of literals."""
    def blank(match):
        if match["comment"]:
            return " " + _newlines(match[0])
        return ("''" if match["char"] else '""') + _newlines(match[0])
    return _TOKEN.sub(blank, text)


def without_directives(text):
    """The text with preprocessor lines made empty."""
    return _DIRECTIVE.sub(lambda m: _newlines(m[0]), text)


def includes(text):
    """The includes of a text, as (line, path, whether in quotes)."""
    plain = without_comments(text)
    return [(line_of(plain, match.start(2)), match[2], match[1] == '"') for match in _INCLUDE.finditer(plain)]


def line_of(text, position):
    """The line number of a position, from 1."""
    return text.count("\n", 0, position) + 1
