"""Counting and comparing, on outputs as the tools write them."""

import json
import pathlib
import struct
import tempfile
import unittest

from common.process import Run, run
from stages import compat, elf, programs, release


def ended(stdout, code=0):
    """A command's end."""
    return Run(["x_test"], code, stdout, "")


class CatchTest(unittest.TestCase):
    """programs.count"""

    def numbers(self, stdout, code=0):
        """(passed, failed)."""
        outcome = programs.count(ended(stdout, code))
        return outcome.passed, outcome.failed

    def test_good(self):
        self.assertEqual(self.numbers("All tests passed (1 assertion in 1 test case)\n"), (1, 0))
        self.assertEqual(self.numbers("All tests passed (9 assertions in 12 test cases)\n"), (12, 0))
        self.assertEqual(self.numbers("test cases: 5 | 4 passed | 1 skipped\nassertions: 9 | 9 passed\n"), (4, 0))

    def test_bad(self):
        summary = "test cases: 7 | 4 passed | 2 failed | 1 failed as expected\nassertions: 30 | 20 passed | 10 failed\n"
        self.assertEqual(self.numbers(summary, 2), (4, 2))
        self.assertEqual(self.numbers("test cases: 3 | 3 passed\nassertions: - none -\nLeakSanitizer: …\n", 23), (3, 1))

    def test_ends(self):
        self.assertEqual(self.numbers("test cases: 3 | 3 failed\n", -11), (0, 1))
        self.assertEqual(self.numbers("", None), (0, 1))
        self.assertEqual(self.numbers("ERROR: AddressSanitizer\n", 1), (0, 1))

    def test_a_timeout_ends_the_children_too(self):
        result = run(["bash", "-c", "sleep 60 & echo begun; wait"], timeout=0.5)
        self.assertEqual((result.code, result.stdout, result.ending()), (None, "begun\n", "timeout"))


class GoTest(unittest.TestCase):
    """compat.count"""

    def test_events(self):
        events = [("run", "TestA", ""), ("output", "TestA", "ok a\n"), ("pass", "TestA", ""), ("run", "TestB", ""), ("output", "TestB", "why\n"),
                  ("fail", "TestB", ""), ("output", None, "FAIL\n"), ("fail", None, "")]
        outcome = compat.count("\n".join(
            json.dumps({"Action": action, "Package": "p", "Output": text, **({"Test": test} if test else {})})
            for action, test, text in events))
        self.assertEqual((outcome.passed, outcome.failed, outcome.output), (1, 1, "why\n"))

    def test_a_test_that_does_not_end(self):
        events = [{"Package": "p", "Test": name, "Action": action} for name, action in (("TestA", "run"), ("TestA", "pass"), ("TestB", "run"))]
        events += [{"Package": "p", "Action": "output", "Output": "FAIL\n"}, {"Package": "p", "Action": "fail"}]
        outcome = compat.count("\n".join(map(json.dumps, events)))
        self.assertEqual((outcome.passed, outcome.failed, outcome.output), (1, 1, "FAIL\nTestB had not ended\n"))

    def test_a_package_that_does_not_compile(self):
        events = [{"ImportPath": "p", "Action": "build-output", "Output": "a.go:1: wrong\n"},
                  {"ImportPath": "p", "Action": "build-fail"},
                  {"Package": "p", "Action": "fail", "FailedBuild": "p"}]
        outcome = compat.count("\n".join(map(json.dumps, events)))
        self.assertEqual((outcome.passed, outcome.failed, outcome.output), (0, 1, "a.go:1: wrong\n"))


def program(machine=62, kind=3, interpreter=False, dynamic=((0x6FFFFFFB, 0x08000000),), symbols=False):
    """A file with the headers that elf.py reads."""
    table = b"".join(struct.pack("<QQ", *entry) for entry in (*dynamic, (0, 0)))
    segments = [(2, 0, 1000, 0, 0, len(table))] + ([(3, 0, 0, 0, 0, 0)] if interpreter else [])
    header = bytearray(64)
    header[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<HH", header, 16, kind, machine)
    struct.pack_into("<QQ", header, 32, 64, 512)
    struct.pack_into("<HHHH", header, 54, 56, len(segments), 64, 1)
    data = bytes(header) + b"".join(struct.pack("<IIQQQQQQ", *segment, 0, 0) for segment in segments)
    return data.ljust(512, b"\0") + struct.pack("<II", 0, 2 if symbols else 1).ljust(488, b"\0") + table


class ElfTest(unittest.TestCase):
    """elf.problems"""

    def test_good(self):
        self.assertEqual(elf.problems(program(), "amd64"), [])
        self.assertEqual(elf.problems(program(machine=183), "arm64"), [])

    def test_bad(self):
        flags = (0x6FFFFFFB, 0x08000000)
        for text, data in (("not amd64", program(machine=183)), ("position-independent", program(kind=2)),
                           ("position-independent", program(dynamic=())), ("loader", program(interpreter=True)),
                           ("shared library", program(dynamic=((1, 5), flags))), ("stripped", program(symbols=True)),
                           ("no 64-bit", b"#!/bin/sh\n")):
            with self.subTest(text):
                found = elf.problems(data, "amd64")
                self.assertEqual(len(found), 1)
                self.assertIn(text, found[0])


class CompareTest(unittest.TestCase):
    """release.compare"""

    def test_size(self):
        self.assertEqual(release.size_problems("ichorctl", 24_000_000), [])
        self.assertEqual(release.size_problems("ichorctl", 24_000_001), ["has 24000001 bytes, more than 24000000"])
        self.assertEqual(release.size_problems("other", 99_000_000), [])

    def test_same_other_and_missing(self):
        with tempfile.TemporaryDirectory() as name:
            one, other = pathlib.Path(name, "one"), pathlib.Path(name, "other")
            for directory, files in ((one, "abc"), (other, "axd")):
                directory.mkdir()
                for letter, file in zip(files, "abc"):
                    (directory / file).write_text(letter, encoding="utf-8")
            (one / "d").write_text("", encoding="utf-8")
            outcome = release.compare(one, other)
            self.assertEqual((outcome.passed, outcome.failed), (1, 3))
            self.assertIn("d: ", outcome.output)
            self.assertIn("missing in a copy", outcome.output)


if __name__ == "__main__":
    unittest.main()
