// The real eraser, on a file.
#include "lib/sys/disk_eraser.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/linux_disk_eraser.h"

namespace ichor::sys {

TEST_CASE("disk eraser: zeros come where they are wanted, and nowhere else") {
  std::string path = "/tmp/disk_eraser_test.XXXXXX";
  const int fd = mkstemp(path.data());
  REQUIRE(fd >= 0);
  close(fd);
  std::ofstream(path) << std::string(10'000, 'x');
  LinuxDiskEraser eraser;
  {
    const auto device = eraser.Claim(path);
    REQUIRE_THAT(device, base::IsOk());
    CHECK((*device)->size_bytes() == 10'000);
    CHECK_THAT((*device)->Zero(1000, 5000), base::IsOk());
    CHECK_THAT((*device)->Zero(9000, 1001),
               base::StatusIs(absl::StatusCode::kOutOfRange,
                              path + ": 1001 bytes at 9000 reach beyond its 10000 bytes"));
    CHECK_THAT((*device)->RereadPartitions(), base::IsOk());
    const base::UniqueFd other(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(flock(other.get(), LOCK_SH | LOCK_NB) != 0);  // what udevd tries
  }
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  const std::string bytes = text.str();
  CHECK((bytes == std::string(1000, 'x') + std::string(5000, '\0') + std::string(4000, 'x')));
  std::filesystem::remove(path);
  CHECK(eraser.Claim(path).status().code() == absl::StatusCode::kNotFound);
  CHECK_THAT(eraser.Claim("/dev/null"),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "/dev/null is no block device"));
}

}  // namespace ichor::sys
