#include "lib/sys/fake_kernel_values.h"

#include <cerrno>
#include <format>

#include "lib/sys/error.h"

namespace ichor::sys {

absl::StatusOr<std::string> FakeKernelValues::Read(const std::string& path) {
  const auto found = values.find(path);
  return found == values.end() ? absl::StatusOr<std::string>(ErrnoError(ENOENT, "open " + path))
                               : found->second;
}

absl::Status FakeKernelValues::Write(const std::string& path, const std::string& value) {
  if (!values.contains(path)) {
    return ErrnoError(ENOENT, "open " + path);
  }
  if (refused.contains(path)) {
    return ErrnoError(EINVAL, std::format("write \"{}\" to {}", value, path));
  }
  written.push_back(path);
  values[path] = value;
  return absl::OkStatus();
}

}  // namespace ichor::sys
