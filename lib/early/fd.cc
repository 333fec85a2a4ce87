#include "lib/early/fd.h"

#include <unistd.h>

#include <cerrno>

namespace ichor::early {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) Reset(other.Release());
  return *this;
}

int Fd::Release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Fd::Reset(int fd) {
  const int error = errno;
  if (fd_ >= 0) ::close(fd_);
  errno = error;
  fd_ = fd;
}

}  // namespace ichor::early
