#include "lib/sys/ownership.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {

TEST_CASE("ownership: a directory is made once, and has its mode whatever the umask and the past") {
  const std::string path =
      std::filesystem::temp_directory_path() / ("ownership_test." + std::to_string(getpid()));
  const Ownership mine{.uid = getuid(), .gid = getgid(), .mode = 0771};
  REQUIRE_THAT(MakeDirectory(path, mine), base::IsOk());
  chmod(path.c_str(), 0700);
  REQUIRE_THAT(MakeDirectory(path, mine), base::IsOk());
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0771U);
  rmdir(path.c_str());
}

TEST_CASE("ownership: errors name the path") {
  CHECK_THAT(MakeDirectory("/nonexistent/x", {}),
             base::StatusIs(absl::StatusCode::kNotFound,
                            "mkdir /nonexistent/x: No such file or directory"));
  CHECK_THAT(
      SetOwnership("/nonexistent", {}),
      base::StatusIs(absl::StatusCode::kNotFound, "chown /nonexistent: No such file or directory"));
}

}  // namespace ichor::sys
