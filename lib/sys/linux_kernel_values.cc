#include "lib/sys/linux_kernel_values.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"
#include "lib/sys/sysfs.h"

namespace ichor::sys {
namespace {

constexpr size_t kLargestValueBytes = 64 << 10;

}  // namespace

absl::StatusOr<std::string> LinuxKernelValues::Read(const std::string& path) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  ASSIGN_OR_RETURN(const std::string text, ReadToEnd(fd.get(), path, kLargestValueBytes));
  return std::string(Trimmed(text));
}

absl::Status LinuxKernelValues::Write(const std::string& path, const std::string& value) {
  const base::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  if (write(fd.get(), value.data(), value.size()) < 0) {
    return ErrnoError(errno, std::format("write \"{}\" to {}", value, path));
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
