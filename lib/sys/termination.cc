#include "lib/sys/termination.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

#include "absl/status/status.h"

namespace ichor::sys {

absl::StatusOr<base::UniqueFd> TerminationRequests() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  if (const int error = pthread_sigmask(SIG_BLOCK, &signals, nullptr); error != 0) {
    return absl::ErrnoToStatus(error, "pthread_sigmask");
  }
  base::UniqueFd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (fd.get() < 0) {
    return absl::ErrnoToStatus(errno, "signalfd");
  }
  return fd;
}

}  // namespace ichor::sys
