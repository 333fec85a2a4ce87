#include "lib/sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

absl::Status WriteAll(int fd, std::string_view contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = write(fd, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return ErrnoError(errno, "write " + path);
    }
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteAndFlush(const std::string& path, std::string_view contents, unsigned mode) {
  const base::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd.ok()) {
    return ErrnoError(errno, "create " + path);
  }
  // The mode given to open(2) is cut by the umask and ignored for a file left over from before.
  if (fchmod(fd.get(), mode) != 0) {
    return ErrnoError(errno, "chmod " + path);
  }
  RETURN_IF_ERROR(WriteAll(fd.get(), contents, path));
  return fsync(fd.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + path);
}

absl::Status FlushDirectory(const std::string& path) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  return fsync(fd.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + path);
}

absl::Status CheckReadable(const struct stat& info, const std::string& path, size_t limit_bytes) {
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  if (static_cast<size_t>(info.st_size) > limit_bytes) {
    return absl::OutOfRangeError(std::format("read {}: {} bytes, expected at most {}", path,
                                             static_cast<size_t>(info.st_size), limit_bytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "stat " + path);
  }
  RETURN_IF_ERROR(CheckReadable(info, path, limit_bytes));
  return ReadToEnd(fd.get(), path, limit_bytes);
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view contents,
                                 unsigned mode) {
  const std::string temporary = path + ".new";
  absl::Status status = WriteAndFlush(temporary, contents, mode);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = ErrnoError(errno, std::format("rename {} to {}", temporary, path));
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  const std::string directory = std::filesystem::path(path).parent_path();
  return FlushDirectory(directory.empty() ? "." : directory);
}

absl::Status RemoveFile(const std::string& path) {
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : ErrnoError(errno, "remove " + path);
}

}  // namespace ichor::sys
