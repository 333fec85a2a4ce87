#include "lib/sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/file_writer.h"
#include "lib/sys/read_to_end.h"

namespace ichor::sys {
namespace {

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
  ASSIGN_OR_RETURN(FileWriter writer, FileWriter::Create(path, mode));
  RETURN_IF_ERROR(writer.Write(contents));
  return writer.Commit();
}

absl::Status RemoveFile(const std::string& path) {
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : ErrnoError(errno, "remove " + path);
}

}  // namespace ichor::sys
