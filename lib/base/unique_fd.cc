#include "lib/base/unique_fd.h"

#include <unistd.h>

#include <utility>

namespace ichor::base {

UniqueFd::UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset(other.Release());
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  Reset();
}

int UniqueFd::Release() {
  return std::exchange(fd_, -1);
}

void UniqueFd::Reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old >= 0) {
    // Never retried: on Linux the descriptor is gone even when close(2) answers EINTR.
    close(old);
  }
}

}  // namespace ichor::base
