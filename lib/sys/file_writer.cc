#include "lib/sys/file_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <format>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

absl::Status FlushDirectory(const std::string& path) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  return fsync(fd.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + path);
}

}  // namespace

absl::StatusOr<FileWriter> FileWriter::Create(const std::string& path, unsigned mode) {
  const std::string temporary = path + ".new";
  base::UniqueFd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd.ok()) {
    return ErrnoError(errno, "create " + temporary);
  }
  FileWriter writer(path, std::move(fd));
  // The mode given to open(2) is cut by the umask and ignored for a file left over from before.
  if (fchmod(writer.fd_.get(), mode) != 0) {
    return ErrnoError(errno, "chmod " + temporary);
  }
  return writer;
}

FileWriter::~FileWriter() {
  if (!path_.empty()) {
    unlink(Temporary().c_str());
  }
}

absl::Status FileWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return ErrnoError(errno, "write " + Temporary());
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Commit() {
  if (fsync(fd_.get()) != 0) {
    return ErrnoError(errno, "fsync " + Temporary());
  }
  if (rename(Temporary().c_str(), path_.c_str()) != 0) {
    return ErrnoError(errno, std::format("rename {} to {}", Temporary(), path_));
  }
  const std::string directory = std::filesystem::path(std::exchange(path_, "")).parent_path();
  return FlushDirectory(directory.empty() ? "." : directory);
}

}  // namespace ichor::sys
