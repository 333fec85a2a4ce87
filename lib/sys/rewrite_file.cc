#include "lib/sys/rewrite_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>

#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {

absl::Status RewriteFile(const std::string& path, std::string_view contents, unsigned mode) {
  const base::UniqueFd fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  const ssize_t size = pwrite(fd.get(), contents.data(), contents.size(), 0);
  if (size < 0) {
    return ErrnoError(errno, "write " + path);
  }
  if (static_cast<size_t>(size) != contents.size()) {
    return absl::ResourceExhaustedError(
        std::format("write {}: {} of {} bytes", path, size, contents.size()));
  }
  if (ftruncate(fd.get(), size) != 0) {
    return ErrnoError(errno, "truncate " + path);
  }
  return fchmod(fd.get(), mode) == 0 ? absl::OkStatus() : ErrnoError(errno, "chmod " + path);
}

}  // namespace ichor::sys
