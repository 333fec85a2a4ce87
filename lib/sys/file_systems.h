// File systems that are mounted for a short time, to read or change a file or two: the EFI
// partition, a medium with a config.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// The files of a file system, for as long as the object lives. Paths are relative to its root. What
// an operation has changed is on the medium when it returns. All blocks.
class MountedFiles {
 public:
  virtual ~MountedFiles() = default;

  // Sorted names in a directory. NotFound if there is none; OutOfRange if there are more than
  // 1,024.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;

  // The bytes of a file. NotFound if there is none; OutOfRange if there are more than
  // `limit_bytes`.
  virtual absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) = 0;

  // Replaces all bytes of a file by as many others, where they are. NotFound if there is none;
  // InvalidArgument if it has another size. A power cut leaves each sector old or new.
  virtual absl::Status Overwrite(const std::string& path, std::string_view bytes) = 0;

  // Makes a directory; OK if there is one. NotFound if there is none above it.
  virtual absl::Status MakeDirectory(const std::string& path) = 0;

  // Puts `bytes` behind those of a file, which is made if there is none. A power cut leaves any
  // part of them.
  virtual absl::Status Append(const std::string& path, std::string_view bytes) = 0;

  // Gives a file another name in the same directory. NotFound if there is none; AlreadyExists if
  // the new name is taken. After a power cut at least one of both names leads to the file.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
};

class FileSystems {
 public:
  virtual ~FileSystems() = default;

  // Mounts the file system of `type`, such as vfat, on the device at `dev_path` for reading and
  // writing, at no place that anybody else sees. It is unmounted with the object, and with the
  // process. NotFound if there is no such device; other errors are the kernel's. Blocks, for ever
  // if the disk hangs.
  virtual absl::StatusOr<std::unique_ptr<MountedFiles>> Mount(const std::string& dev_path,
                                                              const std::string& type) = 0;

  // The same for reading only: changes fail, and media that cannot be written to are no error.
  virtual absl::StatusOr<std::unique_ptr<MountedFiles>> MountReadOnly(const std::string& dev_path,
                                                                      const std::string& type) = 0;
};

}  // namespace ichor::sys
