#include "lib/sys/wait_status.h"

#include <sys/wait.h>

#include <cstring>
#include <format>

namespace ichor::sys {

std::string DescribeWaitStatus(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const char* const name = sigdescr_np(WTERMSIG(wait_status));
    return std::format("killed by signal {} ({})", WTERMSIG(wait_status),
                       name == nullptr ? "unknown" : name);
  }
  return std::format("exited with {}", WEXITSTATUS(wait_status));
}

bool Succeeded(int wait_status) {
  return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
}

}  // namespace ichor::sys
