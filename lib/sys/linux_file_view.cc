#include "lib/sys/linux_file_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <format>
#include <memory>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxAttributeBytes = 64 << 10;  // the kernel's own limit, names and values
constexpr int kToRead = O_RDONLY | O_NONBLOCK | O_NOCTTY;

absl::StatusOr<base::UniqueFd> OpenResolving(const std::string& path, int flags,
                                             std::uint64_t resolve, const char* what) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve;
  base::UniqueFd fd(
      static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof(how))));
  if (!fd.ok() && errno == ELOOP) {
    return absl::PermissionDeniedError(
        std::format("{} {}: a link on the way is not followed", what, path));
  }
  if (!fd.ok()) {
    return ErrnoError(errno, std::format("{} {}", what, path));
  }
  return fd;
}

absl::StatusOr<FileStatus> StatusOf(int fd, const std::string& path) {
  struct stat info{};
  if (fstat(fd, &info) != 0) {
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

// The name under which proc(5) shows an open file.
std::string NameOf(const base::UniqueFd& fd) {
  return std::format("/proc/self/fd/{}", fd.get());
}

absl::StatusOr<std::string> TargetOf(int directory, const std::string& name,
                                     const std::string& what) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) {
    return ErrnoError(errno, what);
  }
  return std::string(target.data(), static_cast<size_t>(length));
}

class LinuxFileReader : public FileReader {
 public:
  LinuxFileReader(base::UniqueFd fd, std::string path, const FileStatus& status)
      : fd_(std::move(fd)), path_(std::move(path)), status_(status) {}

  const FileStatus& status() const override { return status_; }

  absl::StatusOr<std::string> Next(size_t limit_bytes) override {
    std::string bytes(limit_bytes, '\0');
    while (true) {
      const ssize_t count = read(fd_.get(), bytes.data(), bytes.size());
      if (count >= 0) {
        bytes.resize(static_cast<size_t>(count));
        return bytes;
      }
      if (errno != EINTR) {
        return ErrnoError(errno, "read " + path_);
      }
    }
  }

 private:
  const base::UniqueFd fd_;
  const std::string path_;
  const FileStatus status_;
};

}  // namespace

absl::StatusOr<base::UniqueFd> LinuxFileView::OpenFile(const std::string& path, int flags,
                                                       const char* what) const {
  return OpenResolving(path, flags,
                       links_ == Links::kRefuse ? RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS : 0,
                       what);
}

absl::StatusOr<std::string> LinuxFileView::Read(const std::string& path, size_t limit_bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, OpenFile(path, kToRead, "open"));
  ASSIGN_OR_RETURN(const FileStatus status, StatusOf(fd.get(), path));
  if (!S_ISREG(status.mode)) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  return ReadToEnd(fd.get(), path, limit_bytes);
}

absl::StatusOr<std::unique_ptr<FileReader>> LinuxFileView::Open(const std::string& path) {
  // A look first: to open a device may do something.
  ASSIGN_OR_RETURN(const base::UniqueFd look, OpenFile(path, O_PATH, "open"));
  ASSIGN_OR_RETURN(const FileStatus status, StatusOf(look.get(), path));
  if (!S_ISREG(status.mode)) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  ASSIGN_OR_RETURN(base::UniqueFd fd, OpenResolving(NameOf(look), kToRead, 0, "open"));
  return std::make_unique<LinuxFileReader>(std::move(fd), path, status);
}

absl::StatusOr<std::string> LinuxFileView::Resolve(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   OpenResolving(path, O_PATH, RESOLVE_NO_MAGICLINKS, "open"));
  ASSIGN_OR_RETURN(std::string name, TargetOf(AT_FDCWD, NameOf(fd), "resolve " + path));
  if (!name.starts_with('/')) {  // what is in no directory
    return absl::PermissionDeniedError(std::format("resolve {}: it is no path but {}", path, name));
  }
  return name;
}

absl::StatusOr<std::vector<std::string>> LinuxFileView::Entries(const std::string& path) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, OpenFile(path, O_RDONLY | O_DIRECTORY, "open"));
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(fdopendir(fd.get()), closedir);
  if (directory == nullptr) {
    return ErrnoError(errno, "open " + path);
  }
  static_cast<void>(fd.Release());  // the directory's
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
  ASSIGN_OR_RETURN(const base::UniqueFd fd, OpenFile(path, O_PATH | O_NOFOLLOW, "read link"));
  return TargetOf(fd.get(), "", "read link " + path);
}

absl::StatusOr<FileStatus> LinuxFileView::Status(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, OpenFile(path, O_PATH | O_NOFOLLOW, "stat"));
  return StatusOf(fd.get(), path);
}

absl::StatusOr<std::vector<ExtendedAttribute>> LinuxFileView::Attributes(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   OpenFile(path, O_PATH | O_NOFOLLOW, "list attributes of"));
  const std::string file = NameOf(fd);
  std::string names(kMaxAttributeBytes, '\0');
  const ssize_t length = listxattr(file.c_str(), names.data(), names.size());
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
    const ssize_t size = getxattr(file.c_str(), name, value.data(), value.size());
    if (size >= 0) {  // else it went away meanwhile, or is not ours to see
      attributes.push_back({.name = name, .value = value.substr(0, static_cast<size_t>(size))});
    }
  }
  return attributes;
}

absl::StatusOr<FilesystemUse> LinuxFileView::Use(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, OpenFile(path, O_PATH, "statfs"));
  struct statvfs info{};
  if (fstatvfs(fd.get(), &info) != 0) {
    return ErrnoError(errno, "statfs " + path);
  }
  return FilesystemUse{.size_bytes = info.f_blocks * info.f_frsize,
                       .free_bytes = info.f_bfree * info.f_frsize,
                       .available_bytes = info.f_bavail * info.f_frsize,
                       .inodes = info.f_files,
                       .inodes_free = info.f_ffree};
}

}  // namespace ichor::sys
