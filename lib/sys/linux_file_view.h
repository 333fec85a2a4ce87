// The file tree of this process.
#pragma once

#include <cstdint>

#include "lib/base/unique_fd.h"
#include "lib/sys/file_view.h"

namespace ichor::sys {

class LinuxFileView : public FileView {
 public:
  // What a path with symbolic links on the way means. Where they are refused, so are those of
  // proc(5), and nobody who changes the tree meanwhile can make a path mean something else than its
  // names say; the error is PermissionDenied. See openat2(2).
  enum class Links : std::uint8_t { kFollow, kRefuse };

  explicit LinuxFileView(Links links = Links::kFollow) : links_(links) {}

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path) override;
  absl::StatusOr<std::string> Resolve(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> Entries(const std::string& path) override;
  absl::StatusOr<std::string> ReadLink(const std::string& path) override;
  absl::StatusOr<FileStatus> Status(const std::string& path) override;
  absl::StatusOr<std::vector<ExtendedAttribute>> Attributes(const std::string& path) override;
  absl::StatusOr<FilesystemUse> Use(const std::string& path) override;

 private:
  absl::StatusOr<base::UniqueFd> OpenFile(const std::string& path, int flags,
                                          const char* what) const;

  const Links links_;
};

}  // namespace ichor::sys
