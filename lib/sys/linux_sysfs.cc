#include "lib/sys/linux_sysfs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <format>
#include <system_error>

#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxNames = 65'536;

}  // namespace

absl::StatusOr<std::string> LinuxSysfs::Read(const std::string& path, size_t limit_bytes) {
  const base::UniqueFd fd(open((root_ + path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  // The size that stat(2) tells is 0 or a page, whatever is in the file.
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return ErrnoError(errno, "read " + path);
    }
    if (count == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<size_t>(count));
    if (text.size() > limit_bytes) {
      return absl::OutOfRangeError(std::format("read {}: more than {} bytes", path, limit_bytes));
    }
  }
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
