#include "lib/sys/linux_kernel.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <format>

#include "lib/sys/error.h"

namespace ichor::sys {

absl::Status LinuxKernel::SetHostname(std::string_view name) {
  if (name.empty()) {
    // The kernel would take it; nothing that reads the name expects that.
    return absl::InvalidArgumentError("set hostname \"\": Invalid argument");
  }
  if (sethostname(name.data(), name.size()) != 0) {
    return ErrnoError(errno, std::format("set hostname \"{}\"", name));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LinuxKernel::Hostname() {
  std::array<char, 65> buffer{};
  if (gethostname(buffer.data(), buffer.size()) != 0) {
    return ErrnoError(errno, "get hostname");
  }
  return std::string(buffer.data());
}

}  // namespace ichor::sys
