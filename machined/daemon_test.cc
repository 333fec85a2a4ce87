#include "machined/daemon.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"

namespace ichor::machined {
namespace {

// Puts machined together in `directory`. Its doors to the world outlive it, so this is for a
// process of its own.
absl::Status PutTogether(const std::string& directory) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    return absl::InternalError("socketpair");
  }
  static const base::RealClock kClock;
  return Daemon::Create(base::UniqueFd(ends[0]),
                        {.run = directory, .etc = directory + "/etc", .checkpoint = false}, kClock)
      .status();
}

}  // namespace

TEST_CASE("daemon: all rooms go together: one writer of each type, no cycle", "[kernel]") {
  std::string directory = "/tmp/daemon-XXXXXX";
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  for (const char* const room : {"/machined", "/apid", "/networkd", "/boot"}) {
    std::filesystem::create_directories(directory + room);
  }
  const pid_t child = fork();
  if (child == 0) {
    const absl::Status status = PutTogether(directory);
    std::fprintf(stderr, "%s\n", std::string(base::MessageOf(status)).c_str());
    _exit(status.ok() ? 0 : 1);
  }
  int wait_status = -1;
  REQUIRE(waitpid(child, &wait_status, 0) == child);
  CHECK(wait_status == 0);
  std::filesystem::remove_all(directory);
}

}  // namespace ichor::machined
