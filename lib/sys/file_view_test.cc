// One contract for the fake and for Linux.
#include "lib/sys/file_view.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_view.h"
#include "lib/sys/linux_file_view.h"

namespace ichor::sys {
namespace {

using base::StatusIs;

// A directory /…/d with the file "f", the link "l" to it and the directory "s".
struct FakeTree {
  FakeTree() {
    view.AddFile(path + "/f", "hello");
    view.AddLink(path + "/l", "f");
    view.AddDirectory(path + "/s");
  }
  std::string path = "/tmp/d";
  FakeFileView view;
};

struct LinuxTree {
  LinuxTree() {
    std::string name = "/tmp/file_view_test.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    std::ofstream(path + "/f") << "hello";
    std::filesystem::create_symlink("f", path + "/l");
    std::filesystem::create_directory(path + "/s");
  }
  ~LinuxTree() { std::filesystem::remove_all(path); }
  LinuxTree(const LinuxTree&) = delete;
  LinuxTree& operator=(const LinuxTree&) = delete;
  std::string path;
  LinuxFileView view;
};

}  // namespace

TEMPLATE_TEST_CASE("file view: files, links and directories are what they are", "", FakeTree,
                   LinuxTree) {
  TestType t;
  CHECK(*t.view.Entries(t.path) == std::vector<std::string>{"f", "l", "s"});
  CHECK(*t.view.Read(t.path + "/f", 5) == "hello");
  CHECK(*t.view.ReadLink(t.path + "/l") == "f");
  CHECK((t.view.Status(t.path + "/f")->mode & 0170000) == 0100000);
  CHECK(t.view.Status(t.path + "/f")->size_bytes == 5);
  CHECK((t.view.Status(t.path + "/l")->mode & 0170000) == 0120000);
  CHECK((t.view.Status(t.path + "/s")->mode & 0170000) == 0040000);
  CHECK(t.view.Use(t.path).ok());
  CHECK(t.view.Attributes(t.path + "/f").ok());
}

TEMPLATE_TEST_CASE("file view: what is missing, too large or of another type is refused, by name",
                   "", FakeTree, LinuxTree) {
  TestType t;
  const std::string none = t.path + "/none";
  CHECK_THAT(t.view.Read(none, 5),
             StatusIs(absl::StatusCode::kNotFound, "open " + none + ": No such file or directory"));
  CHECK_THAT(t.view.Status(none),
             StatusIs(absl::StatusCode::kNotFound, "stat " + none + ": No such file or directory"));
  CHECK_THAT(t.view.Use(none), StatusIs(absl::StatusCode::kNotFound,
                                        "statfs " + none + ": No such file or directory"));
  CHECK_THAT(t.view.Read(t.path + "/f", 4),
             StatusIs(absl::StatusCode::kOutOfRange, "read " + t.path + "/f: more than 4 bytes"));
  CHECK_THAT(t.view.Read(t.path + "/s", 4), StatusIs(absl::StatusCode::kInvalidArgument,
                                                     "read " + t.path + "/s: not a regular file"));
  CHECK_FALSE(t.view.Entries(t.path + "/f").ok());
  CHECK_FALSE(t.view.ReadLink(t.path + "/f").ok());
}

TEMPLATE_TEST_CASE("file view: a file is read piece by piece", "", FakeTree, LinuxTree) {
  TestType t;
  const auto file = t.view.Open(t.path + "/f");
  REQUIRE_THAT(file, base::IsOk());
  CHECK((*file)->status().size_bytes == 5);
  CHECK(*(*file)->Next(3) == "hel");
  CHECK(*(*file)->Next(3) == "lo");
  CHECK((*file)->Next(3)->empty());
  CHECK_THAT(t.view.Open(t.path + "/s"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                  "read " + t.path + "/s: not a regular file"));
}

TEMPLATE_TEST_CASE("file view: a path is resolved to the names that it stands for", "", FakeTree,
                   LinuxTree) {
  TestType t;
  CHECK(*t.view.Resolve(t.path + "/l") == t.path + "/f");
  CHECK(*t.view.Resolve(t.path + "/s/..//./l") == t.path + "/f");
  CHECK(*t.view.Resolve(t.path + "/s/../../../../../..") == "/");
  CHECK_THAT(
      t.view.Resolve(t.path + "/none"),
      StatusIs(absl::StatusCode::kNotFound, "open " + t.path + "/none: No such file or directory"));
}

TEST_CASE("file view: where links are refused, none is followed, wherever it stands") {
  const LinuxTree t;
  LinuxFileView view(LinuxFileView::Links::kRefuse);
  std::filesystem::create_symlink("s", t.path + "/way");
  std::filesystem::create_symlink(t.path, t.path + "/s/up");
  CHECK(*view.Read(t.path + "/f", 5) == "hello");
  CHECK(*view.ReadLink(t.path + "/l") == "f");
  CHECK((view.Status(t.path + "/l")->mode & 0170000) == 0120000);
  const std::string refused = GENERATE(as<std::string>(), "/l", "/way/up/f", "/s/up/f");
  const std::string text = "open " + t.path + refused + ": a link on the way is not followed";
  CHECK_THAT(view.Read(t.path + refused, 5), StatusIs(absl::StatusCode::kPermissionDenied, text));
  CHECK_THAT(view.Open(t.path + refused), StatusIs(absl::StatusCode::kPermissionDenied, text));
  CHECK_THAT(view.Entries(t.path + "/way"),
             StatusIs(absl::StatusCode::kPermissionDenied,
                      "open " + t.path + "/way: a link on the way is not followed"));
}

TEST_CASE("file view: links of /proc lead nowhere") {
  LinuxFileView view(LinuxFileView::Links::kRefuse);
  const std::string path = GENERATE(as<std::string>(), "/proc/self/root", "/proc/self/cwd",
                                    "/proc/self/root/etc/passwd", "/proc/self/fd/0");
  CHECK_THAT(view.Resolve(path), StatusIs(absl::StatusCode::kPermissionDenied,
                                          "open " + path + ": a link on the way is not followed"));
}

TEST_CASE("file view: files of /proc have no size and are read whole") {
  LinuxFileView view;
  CHECK(view.Read("/proc/self/mountinfo", 1 << 20)->contains(" - "));
  CHECK(*view.ReadLink("/proc/self") == std::to_string(getpid()));
}

}  // namespace ichor::sys
