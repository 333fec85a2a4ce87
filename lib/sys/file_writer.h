// A whole file that is written in pieces, and is there when it is complete.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// Writes a temporary file beside `path`, which takes its place in the end. Two writers of one path
// must not be there at once. All methods block. See rename(2), fsync(2).
class FileWriter {
 public:
  static absl::StatusOr<FileWriter> Create(const std::string& path, unsigned mode);
  FileWriter(FileWriter&& other) noexcept
      : path_(std::exchange(other.path_, "")), fd_(std::move(other.fd_)) {}
  FileWriter& operator=(FileWriter&&) = delete;
  // Without Commit, what was there stays as it was.
  ~FileWriter();

  absl::Status Write(std::string_view bytes);
  // Flushes the file to the disk, gives it its name, flushes the directory. On an error the old
  // file stays. Nothing may be called after it.
  absl::Status Commit();

 private:
  FileWriter(std::string path, base::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string Temporary() const { return path_ + ".new"; }

  std::string path_;  // empty: it is done
  base::UniqueFd fd_;
};

}  // namespace ichor::sys
