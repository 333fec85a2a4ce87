#include "lib/sys/file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

// A directory of its own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = "/tmp/file_test.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("file: what was written is read back, with the mode asked for") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  const std::string contents("a\0b", 3);
  REQUIRE_THAT(WriteFileAtomically(path, "old", 0644), IsOk());
  REQUIRE_THAT(WriteFileAtomically(path, contents, 0600), IsOk());
  CHECK(*ReadFile(path, 3) == contents);
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("file: a leftover temporary file of an interrupted write is no obstacle") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  REQUIRE_THAT(WriteFileAtomically(path + ".new", "torn, and longer than the new one", 0644),
               IsOk());
  REQUIRE_THAT(WriteFileAtomically(path, "whole", 0644), IsOk());
  CHECK(*ReadFile(path, 100) == "whole");
}

TEST_CASE("file: a failed write leaves the old file") {
  const TemporaryDirectory directory;
  const std::string path = directory / "d";
  std::filesystem::create_directories(path + "/inner");  // rename(2) over it fails
  const absl::Status status = WriteFileAtomically(path, "x", 0644);
  CHECK_FALSE(status.ok());
  CHECK(std::filesystem::exists(path + "/inner"));
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("file: refuses what is missing, too large or no file, by name") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  CHECK_THAT(ReadFile(path, 1),
             StatusIs(absl::StatusCode::kNotFound, "open " + path + ": No such file or directory"));
  REQUIRE_THAT(WriteFileAtomically(path, "12345", 0644), IsOk());
  CHECK_THAT(ReadFile(path, 4), StatusIs(absl::StatusCode::kOutOfRange,
                                         "read " + path + ": 5 bytes, expected at most 4"));
  CHECK_THAT(ReadFile("/dev/zero", 4),
             StatusIs(absl::StatusCode::kInvalidArgument, "read /dev/zero: not a regular file"));
}

TEST_CASE("file: what is removed is gone") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  REQUIRE_THAT(WriteFileAtomically(path, "x", 0600), IsOk());
  CHECK_THAT(RemoveFile(path), IsOk());
  CHECK(absl::IsNotFound(RemoveFile(path)));
}

}  // namespace ichor::sys
