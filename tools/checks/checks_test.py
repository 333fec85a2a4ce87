"""Every rule of the checks is broken once in a small tree, and kept once beside it."""

import pathlib
import tempfile
import unittest

from checks import (allow, conventions, cpp_text, doors, headers, layers, listed, policy, scripts, sizes, tidy)
from checks.scope import Scope


class Tree(unittest.TestCase):
    """A directory with the files of one test."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def scope(self, files, selected=None):
        """Writes the files; the scope of a check over all of them, or over those selected."""
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")
        return Scope(list(files), selected or list(files), everything=selected is None, root=self.root)

    def assert_passes(self, check, files):
        """The check has nothing to say."""
        self.assertEqual(check(self.scope(files)).output, "")

    def assert_fails(self, check, files, *texts):
        """The check fails and says each text."""
        outcome = check(self.scope(files))
        self.assertEqual(outcome.failed, 1)
        for text in texts:
            self.assertIn(text, outcome.output)


class LayersTest(Tree):
    """layers.py"""

    def test_down_is_allowed(self):
        self.assert_passes(layers.run, {
            "lib/base/a.h": "", "lib/sys/a.cc": '#include "lib/base/a.h"\n#include <vector>\n#include "absl/x.h"\n',
            "lib/resource/a.cc": '#include "talos/x.pb.h"\n', "lib/runtime/a.cc": '#include "lib/sys/a.h"\n',
            "lib/state/a.cc": '#include "lib/pki/a.h"\n#include "grpcpp/server.h"\n',
            "machined/api/a.cc": '#include "lib/state/a.h"\n#include "machined/boot/a.h"\n'})

    def test_up_and_sideways_are_not(self):
        for room, include in (("lib/base", "lib/sys/a.h"), ("lib/sys", "lib/resource/a.h"),
                              ("lib/resource", "lib/sys/a.h"), ("lib/runtime", "lib/state/a.h"),
                              ("lib/pki", "lib/rpc/a.h")):
            self.assert_fails(layers.run, {f"{room}/x.cc": f'\n#include "{include}"\n'},
                              f"{room}/x.cc:2: {room} must not include {'/'.join(include.split('/')[:2])}")

    def test_programs_stay_apart(self):
        self.assert_fails(layers.run, {"networkd/a.cc": '#include "machined/a.h"\n'}, "networkd must not include machined")
        self.assert_fails(layers.run, {"lib/state/a.cc": '#include "machined/a.h"\n'}, "never include a program")

    def test_comments_include_nothing(self):
        self.assert_passes(layers.run, {"lib/base/a.cc": '// #include "lib/sys/a.h"\n/*\n#include "lib/sys/a.h"\n*/\n'})

    def test_relative_includes(self):
        self.assert_fails(layers.run, {"lib/base/a.h": "", "lib/base/a.cc": '#include "a.h"\n'}, 'write "lib/base/a.h"')

    def test_messages_and_grpc(self):
        self.assert_fails(layers.run, {"lib/sys/a.cc": '#include "talos/x.pb.h"\n'}, "knows no messages")
        self.assert_fails(layers.run, {"lib/runtime/a.cc": "#include <grpcpp/server.h>\n"}, "without gRPC")

    def test_unknown_room(self):
        self.assert_fails(layers.run, {"lib/misc/a.h": ""}, "lib/misc has no place in the layers")

    def test_fakes_are_for_tests(self):
        cmake = "node_module(sys_testing HDRS fake_kernel.h SRCS fake_kernel.cc)"
        files = {"lib/sys/CMakeLists.txt": cmake, "lib/sys/fake_kernel.h": "",
                 "lib/sys/fake_kernel.cc": '#include "lib/sys/fake_kernel.h"\n'}
        self.assert_passes(layers.run, {**files, "lib/resource/a_test.cc": '#include "lib/sys/fake_kernel.h"\n'})
        self.assert_fails(layers.run, {**files, "lib/runtime/a.cc": '#include "lib/sys/fake_kernel.h"\n'}, "for tests only")

    def test_what_test_programs_are_made_from(self):
        cmake = "node_module(runtime SRCS a.cc TESTS a_test.cc graphs.cc)\nnode_module(runtime_testing HDRS kit.h)"
        files = {"lib/runtime/CMakeLists.txt": cmake, "lib/runtime/kit.h": "",
                 "lib/runtime/graphs.h": '#include "lib/runtime/kit.h"\n'}
        self.assert_passes(layers.run, {**files, "lib/runtime/a_test.cc": '#include "lib/runtime/graphs.h"\n'})
        self.assert_fails(layers.run, {**files, "lib/runtime/a.cc": '#include "lib/runtime/graphs.h"\n'}, "for tests only")

    def test_an_entry_lifts_the_rule(self):
        self.assert_passes(layers.run, {"lib/base/a.cc": '#include "lib/sys/a.h"\n',
                                        "tools/checks/allow.txt": "layers lib/base/a.cc because\n"})


class PolicyTest(Tree):
    """policy.py"""

    CMAKE = "node_module(machined_x_policy HDRS rules.h SRCS rules.cc DEPS ichor::runtime)\n"

    def findings(self, files):
        """The texts of the findings."""
        return [str(finding) for finding in policy.findings(self.scope(files))]

    def test_pure_policy(self):
        self.assertEqual(self.findings({"machined/x/CMakeLists.txt": self.CMAKE,
                                        "machined/x/rules.h": '#include "lib/runtime/rows.h"\n',
                                        "lib/runtime/rows.h": "", "machined/x/apply.cc": '#include "lib/sys/kernel.h"\n'}), [])

    def test_reaching_sys(self):
        files = {"machined/x/CMakeLists.txt": self.CMAKE, "machined/x/rules.cc": '\n#include "machined/x/apply.h"\n',
                 "machined/x/apply.h": '#include "lib/sys/kernel.h"\n'}
        self.assertEqual(self.findings(files), [
            "machined/x/rules.cc:2: policy must not reach lib/sys: machined/x/apply.h includes lib/sys/kernel.h"])

    def test_clock_and_chance(self):
        files = {"machined/x/CMakeLists.txt": self.CMAKE, "machined/x/rules.h": "#include <random>\n",
                 "machined/x/rules.cc": '#include "lib/base/clock.h"\n'}
        self.assertEqual(len(self.findings(files)), 2)

    def test_target_of_its_own_without_sys(self):
        self.assertIn("must be in a CMake target of its own", self.findings({"machined/x/policy.h": ""})[0])
        files = {"machined/x/CMakeLists.txt": "node_module(x_policy DEPS ichor::sys)  # why\n"}
        self.assertIn("must not link ichor::sys", self.findings(files)[0])


class DoorsTest(Tree):
    """doors.py"""

    BROKEN = {
        "kernel-headers": ("#include <sys/mount.h>", "#include <linux/if.h>", "#include <netinet/in.h>"),
        "clock": ("auto t = std::chrono::system_clock::now();", "::time(nullptr);", "std::time(nullptr);", "absl::Now();"),
        "sleep": ("std::this_thread::sleep_for(1s);", "usleep(1);", "sleep(1);"),
        "threads": ("#include <thread>", "std::thread t;", "std::async(f);", "pthread_create(a, b, c, d);"),
        "mutex": ("absl::Mutex m;", '#include "absl/synchronization/mutex.h"', "std::mutex m;"),
        "exceptions": ("throw 1;", "try { F(); } catch (...) {}"),
        "libyaml": ("#include <yaml.h>",),
    }
    KEPT = ("#include <sys/types.h>", "// throw, std::thread", 'F("throw");', "void Rethrow();", "row.time();",
            "base::Mutex m;", "clock.Now();", "std::chrono::system_clock::time_point t;", 'R"(absl::Now())";',
            "#include <catch2/catch_test_macros.hpp>", "int a = 1'000; throw_away(a);", "log::time(1);")

    def test_each_door(self):
        for rule, lines in self.BROKEN.items():
            for line in lines:
                with self.subTest(line):
                    self.assert_fails(doors.run, {"lib/x/a.cc": f"\n{line}\n"}, "lib/x/a.cc:2:", f"'{rule}'")

    def test_what_looks_like_one(self):
        for line in self.KEPT:
            with self.subTest(line):
                self.assert_passes(doors.run, {"lib/x/a.cc": f"{line}\n"})

    def test_allow_list(self):
        files = {"lib/x/a.cc": "throw 1;\n", "tools/checks/allow.txt": "exceptions lib/x/* because\nclock lib/y/* no\nbad\n"}
        scope = self.scope(files)
        self.assertEqual(doors.run(scope).output, "")
        self.assertIn("nothing in lib/y/* needs 'clock'", allow.run(scope).output)
        self.assertIn(":3: expected a rule, a glob and a reason", allow.run(scope).output)


class ConventionsTest(Tree):
    """conventions.py and header_bodies.py"""

    BODY = "{\n  a();\n  b();\n  c();\n  d();\n}\n"

    def test_headers(self):
        self.assert_passes(conventions.run, {"lib/x/a.h": "// Comment.\n\n#pragma once\nusing std::string;\n"})
        self.assert_fails(conventions.run, {"lib/x/a.h": "#include <a>\n#pragma once\n"}, "starts with #pragma once")
        self.assert_fails(conventions.run, {"lib/x/a.cc": "using  namespace std;\n"}, "no `using namespace`")

    def test_long_bodies(self):
        for head in ("inline void F() ", "namespace x { class A : public B { int F(int a) const override ",
                     "struct A { A() : a_{1}, b_(2) ", "enum class E { kA }; int G() REQUIRES(m) "):
            with self.subTest(head):
                text = f"#pragma once\n{head}{self.BODY}{'}; }' if 'class A' in head or 'struct' in head else ''}\n"
                self.assert_fails(conventions.run, {"lib/x/a.h": text}, "a body of 4 lines in a header")

    def test_bodies_that_may_be_there(self):
        for head in ("template <typename T>\nvoid F(T t) ", "constexpr int F() ", "void F(const auto& x) ", "struct A ",
                     "template <typename T> class A { void F() "):
            with self.subTest(head):
                text = f"#pragma once\n{head}{self.BODY}{'};' if 'class' in head else ''}\n"
                self.assert_passes(conventions.run, {"lib/x/a.h": text})
        self.assert_passes(conventions.run, {"lib/x/a.h": "#pragma once\nint F() {\n  a();\n  b();\n  return 1;\n}\n"})


class OtherTest(Tree):
    """listed.py, scripts.py, sizes.py, cpp_text.py and the choice of files"""

    def test_listed(self):
        files = {"lib/x/CMakeLists.txt": "node_module(x HDRS a.h SRCS\n  a.cc sub/b.cc)  # c.cc\n", "lib/x/a.h": "",
                 "lib/x/a.cc": "", "lib/x/sub/b.cc": "", "lib/x/sub/b.h": ""}
        self.assert_passes(listed.run, files)
        for path in ("lib/x/c.cc", "lib/x/c.h"):
            self.assert_fails(listed.run, {**files, path: ""}, f"{path}:1: no CMakeLists.txt names this file")

    def test_scripts(self):
        self.assert_passes(scripts.run_python, {"a.py": "x = 1\n"})
        self.assert_fails(scripts.run_python, {"a.py": "\nx = (\n"}, "a.py:2: syntax error")
        self.assert_fails(scripts.run_python, {"a.py": "def f():\n" + "    g()\n" * 60}, "f() has 61 lines")
        self.assert_passes(scripts.run_shell, {"a": "#!/bin/bash\ntrue\n", "b.txt": "if\n"})
        self.assert_fails(scripts.run_shell, {"a": "#!/usr/bin/env bash\nif\n"}, "syntax error")
        self.assert_fails(scripts.run_shell, {"a.sh": "#!/bin/bash\necho $1\n"}, "SC2086")

    def test_sizes_are_notes(self):
        outcome = sizes.run(self.scope({"lib/x/a.h": "\n" * 201, **{f"lib/y/{i}.cc": "" for i in range(31)}}))
        self.assertEqual(outcome.failed, 0)
        self.assertEqual(len(outcome.notes), 2)

    def test_only_selected_files(self):
        scope = self.scope({"lib/x/a.cc": "throw 1;\n", "lib/x/b.cc": "throw 1;\n"}, selected=["lib/x/b.cc"])
        self.assertNotIn("a.cc", doors.run(scope).output)

    def test_text(self):
        plain = cpp_text.code("a /* x\n */ b \"s // t\" 'c' R\"x(\n)\")x\" // d\\\n e\nf")
        self.assertEqual(plain.split(), ["a", "b", '""', "''", '""', "f"])
        self.assertEqual(plain.count("\n"), 4)


class HeadersTest(Tree):
    """Which headers are compiled alone."""

    def test_a_header_that_its_source_includes_first_is_not(self):
        """Nobody proves that of the others: no source, another name, or another include before."""
        files = {"a.cc": '// Text.\n#include "lib/a.h"\n#include <string>\n', "a.h": "", "b.cc": '#include <string>\n\n#include "lib/b.h"\n', "b.h": "", "c.h": ""}
        scope = self.scope({f"lib/{name}": text for name, text in files.items()})
        self.assertTrue(headers.is_first_in_its_source(scope, "lib/a.h"))
        self.assertFalse(headers.is_first_in_its_source(scope, "lib/b.h"))
        self.assertFalse(headers.is_first_in_its_source(scope, "lib/c.h"))


class TidyTest(unittest.TestCase):
    """How long clang-tidy may look."""

    def test_what_is_not_begun_in_time_is_left_out(self):
        """Without a limit all are looked at."""
        self.assertEqual(tidy.within(None, str, [1, 2, 3]), ["1", "2", "3"])
        self.assertEqual(tidy.within(60, str, [1, 2, 3]), ["1", "2", "3"])
        self.assertEqual(tidy.within(0, str, [1, 2, 3]), [])


if __name__ == "__main__":
    unittest.main()
