#include "lib/sys/termination.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {
namespace {

// In a process of its own: the signal stays blocked.
int InChild() {
  const auto requests = TerminationRequests();
  pollfd event{.fd = requests.ok() ? requests->get() : -1, .events = POLLIN, .revents = 0};
  if (!requests.ok() || poll(&event, 1, 0) != 0 || kill(getpid(), SIGTERM) != 0) {
    return 1;
  }
  return poll(&event, 1, 0) == 1 ? 0 : 2;
}

TEST_CASE("termination: a process that is asked to end reads so, and goes on") {
  const pid_t child = fork();
  if (child == 0) {
    _exit(InChild());
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

}  // namespace
}  // namespace ichor::sys
