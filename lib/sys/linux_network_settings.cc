#include "lib/sys/linux_network_settings.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <format>

#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

std::string PathOf(const std::string& name) {
  return "/proc/sys/net/" + name;
}

}  // namespace

absl::StatusOr<std::string> LinuxNetworkSettings::Read(const std::string& name) {
  const base::UniqueFd fd(open(PathOf(name).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  const ssize_t size = fd.ok() ? read(fd.get(), buffer.data(), buffer.size()) : -1;
  if (size < 0) {
    return ErrnoError(errno, "read setting " + name);
  }
  const std::string text(buffer.data(), static_cast<size_t>(size));
  return text.substr(0, text.find('\n'));
}

absl::Status LinuxNetworkSettings::Write(const std::string& name, const std::string& value) {
  const base::UniqueFd fd(open(PathOf(name).c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.ok() || write(fd.get(), value.data(), value.size()) < 0) {
    return ErrnoError(errno, std::format("set {} to {}", name, value));
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
