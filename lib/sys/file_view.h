// Looking at files without changing anything: /proc and /sys, and what an operator asks to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::sys {

struct FileStatus {
  std::uint32_t mode = 0;  // type and permission bits as in inode(7)
  std::uint64_t size_bytes = 0;
  std::uint64_t used_bytes = 0;  // on the disk
  std::int64_t modified_seconds = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
};

struct FilesystemUse {
  std::uint64_t size_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t available_bytes = 0;  // free for others than root
  std::uint64_t inodes = 0;
  std::uint64_t inodes_free = 0;
};

struct ExtendedAttribute {
  std::string name;
  std::string value;
};

// A regular file, read from its beginning on. One thread at a time; may block.
class FileReader {
 public:
  virtual ~FileReader() = default;

  // What there is to say of it, as of when it was opened.
  virtual const FileStatus& status() const = 0;

  // The next bytes, `limit_bytes` at most; none at the end.
  virtual absl::StatusOr<std::string> Next(size_t limit_bytes) = 0;
};

// Any thread may call. Each call may block for as long as the file system does. Errors name the
// path: NotFound, PermissionDenied and so on as errno maps.
class FileView {
 public:
  virtual ~FileView() = default;

  // All bytes of a regular file, of one in /proc or /sys too, up to its end. OutOfRange if there
  // are more than `limit_bytes`; InvalidArgument if it is no regular file.
  virtual absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) = 0;

  // Opens a regular file. InvalidArgument if it is none.
  virtual absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path) = 0;

  // The absolute path, without links and dots, of what is at `path`. PermissionDenied if a link of
  // proc(5) is on the way that leads past the names, as /proc/1/root does.
  virtual absl::StatusOr<std::string> Resolve(const std::string& path) = 0;

  // Names in a directory, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> Entries(const std::string& path) = 0;

  // Where a symbolic link points.
  virtual absl::StatusOr<std::string> ReadLink(const std::string& path) = 0;

  // What there is at `path`, not following a symbolic link there. See lstat(2).
  virtual absl::StatusOr<FileStatus> Status(const std::string& path) = 0;

  // Of a file, not following a symbolic link; none where the file system has none. See xattr(7).
  virtual absl::StatusOr<std::vector<ExtendedAttribute>> Attributes(const std::string& path) = 0;

  // The file system that `path` is on. See statvfs(3).
  virtual absl::StatusOr<FilesystemUse> Use(const std::string& path) = 0;
};

}  // namespace ichor::sys
