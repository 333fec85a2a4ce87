#include "lib/sys/linux_sysfs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <format>
#include <system_error>

#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxNames = 65'536;

}  // namespace

absl::StatusOr<std::string> LinuxSysfs::Read(const std::string& path, size_t limit_bytes) {
  const base::UniqueFd fd(open((root_ + path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  return ReadToEnd(fd.get(), path, limit_bytes);
}

absl::StatusOr<std::vector<std::string>> LinuxSysfs::List(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  auto entries = std::filesystem::directory_iterator(root_ + path, error);
  while (!error && entries != std::filesystem::directory_iterator()) {
    if (names.size() == kMaxNames) {
      return absl::OutOfRangeError(std::format("list {}: more than {} names", path, kMaxNames));
    }
    names.push_back(entries->path().filename().string());
    entries.increment(error);
  }
  if (error) {
    return ErrnoError(error.value(), "list " + path);
  }
  std::ranges::sort(names);
  return names;
}

absl::StatusOr<std::string> LinuxSysfs::Resolve(const std::string& path) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(root_ + path, error);
  if (error) {
    return ErrnoError(error.value(), "resolve " + path);
  }
  const std::string text = resolved.string();
  return text.starts_with(root_) ? text.substr(root_.size()) : text;
}

}  // namespace ichor::sys
