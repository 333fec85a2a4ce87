#include "lib/sys/file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
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

TEST_CASE("file: when there is no room for the new one, the old file stays whole") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  REQUIRE_THAT(WriteFileAtomically(path, "old", 0600), IsOk());
  constexpr rlim_t kRoom = 1000;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{.rlim_cur = kRoom, .rlim_max = before.rlim_max};
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);  // write(2) fails instead
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const absl::Status status = WriteFileAtomically(path, std::string(2 * kRoom, 'n'), 0600);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE(std::signal(SIGXFSZ, handler) == SIG_IGN);
  CHECK(status.message() == "write " + path + ".new: File too large");
  CHECK(*ReadFile(path, 100) == "old");
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("file: when the writer is killed, the file is the old or the new one, and whole") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  const std::string contents(size_t{8} << 20U, 'n');
  for (const std::uintmax_t enough : {std::uintmax_t{0}, std::uintmax_t{1}, contents.size() / 2}) {
    REQUIRE_THAT(WriteFileAtomically(path, "old", 0600), IsOk());
    const pid_t child = fork();
    if (child == 0) _exit(WriteFileAtomically(path, contents, 0600).ok() ? 0 : 1);
    REQUIRE(child > 0);
    std::error_code gone;
    while (waitpid(child, nullptr, WNOHANG) == 0) {
      const std::uintmax_t size = std::filesystem::file_size(path + ".new", gone);
      if (!gone && size >= enough) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        break;
      }
    }
    const std::string found = *ReadFile(path, contents.size());
    CHECK((found == "old" || found == contents));
  }
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
