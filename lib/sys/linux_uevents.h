// The kernel's socket for uevents.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "lib/base/unique_fd.h"
#include "lib/sys/uevents.h"

namespace ichor::sys {

class LinuxUevents : public Uevents {
 public:
  // Listens from now on to the kernel and to udevd, both of the current network namespace. See
  // netlink(7).
  static absl::StatusOr<std::unique_ptr<LinuxUevents>> Create();

  int Descriptor() const override { return socket_.get(); }
  absl::StatusOr<std::vector<Uevent>> Drain() override;

 private:
  explicit LinuxUevents(base::UniqueFd socket) : socket_(std::move(socket)) {}

  const base::UniqueFd socket_;
};

}  // namespace ichor::sys
