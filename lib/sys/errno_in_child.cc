#include "lib/sys/errno_in_child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace ichor::sys {
namespace {

constexpr int kNotConfined = 255;  // an exit status that is no errno

}  // namespace

std::optional<int> ErrnoInChild(const std::function<bool()>& confine,
                                const std::function<int()>& call) {
  const pid_t child = fork();
  if (child == 0) {
    if (!confine()) {
      _exit(kNotConfined);
    }
    errno = 0;
    _exit(call() >= 0 ? 0 : errno);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) == kNotConfined) {
    return std::nullopt;
  }
  return WEXITSTATUS(status);
}

}  // namespace ichor::sys
