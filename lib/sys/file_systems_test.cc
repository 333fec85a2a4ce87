#include "lib/sys/file_systems.h"

#include <fcntl.h>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_systems.h"
#include "lib/sys/linux_file_systems.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

// A file system with `boot/a` and `boot/b` in it.
struct FakeVolume {
  FakeVolume() { systems.Add("/dev/sda1", {{"boot/a", "first"}, {"boot/b", "second"}}); }
  std::unique_ptr<MountedFiles> Mount() { return *systems.Mount("/dev/sda1", "vfat"); }

  FakeFileSystems systems;
};

struct LinuxVolume {
  LinuxVolume() {
    std::string pattern = "/tmp/file-systems-XXXXXX";
    path = mkdtemp(pattern.data());
    std::filesystem::create_directory(path / "boot");
    std::ofstream(path / "boot/a") << "first";
    std::ofstream(path / "boot/b") << "second";
  }
  ~LinuxVolume() { std::filesystem::remove_all(path); }
  LinuxVolume(const LinuxVolume&) = delete;
  LinuxVolume& operator=(const LinuxVolume&) = delete;

  std::unique_ptr<MountedFiles> Mount() const {
    return FilesBelow(base::UniqueFd(open(path.c_str(), O_PATH | O_DIRECTORY)));
  }

  std::filesystem::path path;
};

}  // namespace

TEMPLATE_TEST_CASE("mounted files: contract", "[contract]", FakeVolume, LinuxVolume) {
  TestType volume;
  const std::unique_ptr<MountedFiles> files = volume.Mount();

  SECTION("names are sorted, and a missing directory is named") {
    CHECK(*files->List("boot") == std::vector<std::string>{"a", "b"});
    CHECK_THAT(files->List("other").status(),
               StatusIs(absl::StatusCode::kNotFound, "open other: No such file or directory"));
  }

  SECTION("a file is read up to the limit") {
    CHECK(*files->Read("boot/a", 5) == "first");
    CHECK_THAT(files->Read("boot/a", 4).status(),
               StatusIs(absl::StatusCode::kOutOfRange, "read boot/a: more than 4 bytes"));
    CHECK_THAT(files->Read("boot/c", 4).status(),
               StatusIs(absl::StatusCode::kNotFound, "open boot/c: No such file or directory"));
  }

  SECTION("bytes are replaced by as many others only") {
    CHECK_THAT(files->Overwrite("boot/a", "third"), IsOk());
    CHECK(*files->Read("boot/a", 9) == "third");
    CHECK_THAT(
        files->Overwrite("boot/a", "fourth"),
        StatusIs(absl::StatusCode::kInvalidArgument, "overwrite boot/a: it has 5 bytes, not 6"));
    CHECK(*files->Read("boot/a", 9) == "third");
  }

  SECTION("a file is made, in a directory that is, and goes on where it ended") {
    CHECK_THAT(files->MakeDirectory("new"), IsOk());
    CHECK_THAT(files->MakeDirectory("new"), IsOk());
    CHECK_THAT(files->Append("new/c", "one "), IsOk());
    CHECK_THAT(files->Append("new/c", "two"), IsOk());
    CHECK(*files->Read("new/c", 9) == "one two");
    CHECK(*files->List("new") == std::vector<std::string>{"c"});
  }

  SECTION("a new name must be free") {
    CHECK_THAT(files->Rename("boot/a", "boot/c"), IsOk());
    CHECK(*files->List("boot") == std::vector<std::string>{"b", "c"});
    CHECK_THAT(files->Rename("boot/b", "boot/c"),
               StatusIs(absl::StatusCode::kAlreadyExists, "rename boot/b to boot/c: File exists"));
    CHECK_THAT(files->Rename("boot/a", "boot/d"),
               StatusIs(absl::StatusCode::kNotFound,
                        "rename boot/a to boot/d: No such file or directory"));
  }
}

TEST_CASE("file systems: what is no device cannot be mounted", "[kernel]") {
  LinuxFileSystems systems;
  CHECK_FALSE(systems.Mount("/dev/no-such-disk", "vfat").ok());
}

}  // namespace ichor::sys
