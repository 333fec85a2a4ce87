"""What only a few named files may use: a wrapper or a rule of ours stands before each of these doors."""

import dataclasses
import re

from checks import cpp_text
from checks.scope import Finding
from common.step import check

HARMLESS = {"sys/types.h", "sys/param.h"}


@dataclasses.dataclass(frozen=True)
class Door:
    """A rule of allow.txt: includes and code that need an entry there, and what to do instead."""

    rule: str
    instead: str
    include: str = r"(?!)"
    code: str = r"(?!)"


DOORS = (
    Door("kernel-headers", "system calls are wrapped in lib/sys",
         include=r"(?:linux|sys|net|netinet|netpacket|asm|scsi|mtd)/.*|(?:unistd|fcntl|sched|poll|ifaddrs|mntent)\.h"),
    Door("clock", "take a base::Clock",
         code=r"\b(?:system|steady|high_resolution|utc|file|tai|gps)_clock\s*::\s*now\b|\bclock_gettime\b|\bgettimeofday\b"
              r"|(?<![\w>])(?:std)?::\s*time\s*\(|\babsl::Now\b|\bGetCurrentTimeNanos\b"),
    Door("sleep", "wait for an event, or advance a fake clock",
         code=r"\bsleep_(?:for|until)\b|\babsl::SleepFor\b|\b(?:usleep|nanosleep|clock_nanosleep)\b|(?<![\w.>])sleep\s*\("),
    Door("threads", "give the work to the runtime's workers or post it to the loop",
         include=r"thread|future|pthread\.h",
         code=r"\bstd::j?thread\b|\bstd::this_thread\b|\bstd::async\b|\bpthread_create\b"),
    Door("mutex", "use base::Mutex",
         include=r"(?:mutex|shared_mutex|condition_variable)|absl/synchronization/.*",
         code=r"\bstd::(?:\w+_)?mutex\b|\babsl::\w*Mutex\w*\b|\bstd::condition_variable|\bpthread_mutex_"),
    Door("exceptions", "return an absl::Status", code=r"\b(?:throw|try|catch)\b"),
    Door("libyaml", "use lib/yaml/read.h", include=r"yaml\.h", code=r"\byaml_parser_"),
)


def _uses(door, text, plain):
    """(line, what) of every use of a door in a file's text and its code without literals."""
    for line, include, _ in cpp_text.includes(text):
        if include not in HARMLESS and re.fullmatch(door.include, include):
            yield line, f"<{include}>"
    for match in re.finditer(door.code, cpp_text.without_directives(plain)):
        yield cpp_text.line_of(plain, match.start()), match[0]


def findings(scope):
    """The first use of each door in each file that no entry allows."""
    for path in scope.cpp():
        text = scope.text(path)
        plain = cpp_text.code(text)
        for door in DOORS:
            line, what = min(_uses(door, text, plain), default=(0, ""))
            if line and not scope.allow.permits(door.rule, path):
                yield Finding(path, line, f"{what}: {door.instead} (or allow '{door.rule}' in tools/checks/allow.txt)")


def run(scope):
    """The check "doors"."""
    return check(sorted(findings(scope)))
