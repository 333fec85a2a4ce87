// The contract of sys::Sysfs, over the fake and the real one, which gets a directory.
#include "lib/sys/sysfs.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_sysfs.h"
#include "lib/sys/linux_sysfs.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;
using std::string_literals::operator""s;

// Both kinds are filled the same way.
class RealTree {
 public:
  RealTree() : root_(std::filesystem::temp_directory_path() / std::to_string(getpid())) {
    std::filesystem::remove_all(root_);
  }
  RealTree(const RealTree&) = delete;
  RealTree& operator=(const RealTree&) = delete;
  ~RealTree() { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(At(path).parent_path());
    std::ofstream(At(path)) << text;
  }
  void Link(const std::string& path, const std::string& target) {
    std::filesystem::create_directories(At(path).parent_path());
    std::filesystem::create_symlink(target, At(path));
  }
  Sysfs& sysfs() { return sysfs_; }

 private:
  std::filesystem::path At(const std::string& path) const { return root_.string() + path; }
  std::filesystem::path root_;
  LinuxSysfs sysfs_{root_.string()};
};

class FakeTree {
 public:
  void Write(const std::string& path, const std::string& text) { fake_.Write(path, text); }
  void Link(const std::string& path, const std::string& target) { fake_.Link(path, target); }
  Sysfs& sysfs() { return fake_; }

 private:
  FakeSysfs fake_;
};

}  // namespace

TEMPLATE_TEST_CASE("sysfs: files are read through links, up to a limit", "[sysfs]", FakeTree,
                   RealTree) {
  TestType tree;
  tree.Write("/sys/devices/pci/block/sda/size", "2048\n");
  tree.Link("/sys/class/block/sda", "../../devices/pci/block/sda");
  const auto text = tree.sysfs().Read("/sys/class/block/sda/size", 5);
  REQUIRE_THAT(text, IsOk());
  CHECK(*text == "2048\n");
  CHECK(ReadNumber(tree.sysfs(), "/sys/class/block/sda/size") == 2048);
  CHECK_THAT(
      tree.sysfs().Read("/sys/class/block/sda/size", 4),
      StatusIs(absl::StatusCode::kOutOfRange, "read /sys/class/block/sda/size: more than 4 bytes"));
  const auto resolved = tree.sysfs().Resolve("/sys/class/block/sda");
  REQUIRE_THAT(resolved, IsOk());
  CHECK(*resolved == "/sys/devices/pci/block/sda");
}

TEMPLATE_TEST_CASE("sysfs: directories are listed in order, also through links", "[sysfs]",
                   FakeTree, RealTree) {
  TestType tree;
  tree.Write("/d/b/file", "1");
  tree.Write("/d/a", "1");
  tree.Link("/d/c c", "b");
  tree.Link("/l", "d");
  const auto names = tree.sysfs().List("/l");
  REQUIRE_THAT(names, IsOk());
  CHECK(*names == std::vector<std::string>{"a", "b", "c c"});
  const auto below = tree.sysfs().List("/l/c c");
  REQUIRE_THAT(below, IsOk());
  CHECK(*below == std::vector<std::string>{"file"});
}

TEMPLATE_TEST_CASE("sysfs: what is not there is named", "[sysfs]", FakeTree, RealTree) {
  TestType tree;
  tree.Write("/d/a", "1");
  tree.Link("/d/lost", "nowhere");
  tree.Link("/d/self", "self");
  CHECK_THAT(tree.sysfs().Read("/d/x", 9),
             StatusIs(absl::StatusCode::kNotFound, "open /d/x: No such file or directory"));
  CHECK_THAT(tree.sysfs().List("/x"),
             StatusIs(absl::StatusCode::kNotFound, "list /x: No such file or directory"));
  CHECK_THAT(tree.sysfs().Resolve("/d/lost"),
             StatusIs(absl::StatusCode::kNotFound, "resolve /d/lost: No such file or directory"));
  CHECK(!tree.sysfs().Read("/d/self", 9).ok());
  CHECK(!tree.sysfs().Read("/d", 9).ok());
  CHECK(!tree.sysfs().List("/d/a").ok());
}

TEST_CASE("sysfs: attributes lose the white space around them, bad numbers are absent") {
  FakeSysfs sysfs;
  sysfs.Write("/model", "  QEMU HARDDISK  \n\0"s);
  sysfs.Write("/blank", " \n");
  sysfs.Write("/number", "12x\n");
  sysfs.Write("/busy", "1");
  sysfs.Fail("/busy", absl::UnavailableError("EIO"));
  CHECK(ReadAttribute(sysfs, "/model") == "QEMU HARDDISK");
  CHECK(ReadAttribute(sysfs, "/blank").empty());
  CHECK(ReadAttribute(sysfs, "/busy").empty());
  CHECK(ReadNumber(sysfs, "/number") == std::nullopt);
  CHECK(ReadNumber(sysfs, "/absent") == std::nullopt);
}

}  // namespace ichor::sys
