"""The exceptions of allow.txt: which rule is lifted for which files, and why."""

import dataclasses
import fnmatch

from common.step import check

FILE = "tools/checks/allow.txt"


@dataclasses.dataclass
class Entry:
    """One line: `rule` is not asked of the files that `glob` matches."""

    rule: str
    glob: str
    line: int
    used: bool = False


class AllowList:
    """The entries of the file, and what is wrong with its form."""

    def __init__(self, text=""):
        self.entries, self.errors = [], []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            words = line.split(None, 2)
            if len(words) < 3:
                self.errors.append(f"{FILE}:{number}: expected a rule, a glob and a reason")
            else:
                self.entries.append(Entry(words[0], words[1], number))

    @classmethod
    def read(cls, path):
        """The list in a file, empty if there is none."""
        return cls(path.read_text(encoding="utf-8") if path.exists() else "")

    def permits(self, rule, path):
        """Whether an entry lifts the rule for the path. Ask only where the rule is broken: it marks entries as used."""
        matching = [entry for entry in self.entries if entry.rule == rule and fnmatch.fnmatch(path, entry.glob)]
        for entry in matching:
            entry.used = True
        return bool(matching)

    def unused(self):
        """Entries that no file needed, as messages. Of use only after all checks looked at all files."""
        return [f"{FILE}:{entry.line}: nothing in {entry.glob} needs '{entry.rule}': remove the line"
                for entry in self.entries if not entry.used]


def run(scope):
    """The check "allow-list"; comes after those that use the list."""
    return check(scope.allow.errors + (scope.allow.unused() if scope.everything else []))
