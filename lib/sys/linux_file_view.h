// The file tree of this process.
#pragma once

#include "lib/sys/file_view.h"

namespace ichor::sys {

class LinuxFileView : public FileView {
 public:
  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::vector<std::string>> Entries(const std::string& path) override;
  absl::StatusOr<std::string> ReadLink(const std::string& path) override;
  absl::StatusOr<FileStatus> Status(const std::string& path) override;
  absl::StatusOr<std::vector<ExtendedAttribute>> Attributes(const std::string& path) override;
  absl::StatusOr<FilesystemUse> Use(const std::string& path) override;
};

}  // namespace ichor::sys
