#include "lib/sys/linux_file_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <format>
#include <memory>
#include <string_view>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxAttributeBytes = 64 << 10;  // the kernel's own limit, names and values

}  // namespace

absl::StatusOr<std::string> LinuxFileView::Read(const std::string& path, size_t limit_bytes) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "stat " + path);
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  return ReadToEnd(fd.get(), path, limit_bytes);
}

absl::StatusOr<std::vector<std::string>> LinuxFileView::Entries(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) {
    return ErrnoError(errno, "open " + path);
  }
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  if (errno != 0) {
    return ErrnoError(errno, "read " + path);
  }
  std::ranges::sort(names);
  return names;
}

absl::StatusOr<std::string> LinuxFileView::ReadLink(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  if (length < 0) {
    return ErrnoError(errno, "read link " + path);
  }
  return std::string(target.data(), static_cast<size_t>(length));
}

absl::StatusOr<FileStatus> LinuxFileView::Status(const std::string& path) {
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0) {
    return ErrnoError(errno, "stat " + path);
  }
  return FileStatus{.mode = info.st_mode,
                    .size_bytes = static_cast<std::uint64_t>(info.st_size),
                    .used_bytes = static_cast<std::uint64_t>(info.st_blocks) * 512,
                    .modified_seconds = info.st_mtime,
                    .uid = info.st_uid,
                    .gid = info.st_gid,
                    .device = info.st_dev,
                    .inode = info.st_ino,
                    .links = info.st_nlink};
}

absl::StatusOr<std::vector<ExtendedAttribute>> LinuxFileView::Attributes(const std::string& path) {
  std::string names(kMaxAttributeBytes, '\0');
  const ssize_t length = llistxattr(path.c_str(), names.data(), names.size());
  if (length < 0 && errno == ENOTSUP) {
    return std::vector<ExtendedAttribute>();
  }
  if (length < 0) {
    return ErrnoError(errno, "list attributes of " + path);
  }
  names.resize(static_cast<size_t>(length));
  std::vector<ExtendedAttribute> attributes;
  std::string value(kMaxAttributeBytes, '\0');
  for (size_t start = 0; start < names.size(); start = names.find('\0', start) + 1) {
    const char* name = names.c_str() + start;
    const ssize_t size = lgetxattr(path.c_str(), name, value.data(), value.size());
    if (size >= 0) {  // else it went away meanwhile, or is not ours to see
      attributes.push_back({.name = name, .value = value.substr(0, static_cast<size_t>(size))});
    }
  }
  return attributes;
}

absl::StatusOr<FilesystemUse> LinuxFileView::Use(const std::string& path) {
  struct statvfs info{};
  if (statvfs(path.c_str(), &info) != 0) {
    return ErrnoError(errno, "statfs " + path);
  }
  return FilesystemUse{.size_bytes = info.f_blocks * info.f_frsize,
                       .free_bytes = info.f_bfree * info.f_frsize,
                       .available_bytes = info.f_bavail * info.f_frsize,
                       .inodes = info.f_files,
                       .inodes_free = info.f_ffree};
}

}  // namespace ichor::sys
