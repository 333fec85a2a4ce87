// The files that clients may see.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sys/file_view.h"

namespace ichor::api {

// OK, or PermissionDenied that says why: nobody is shown what only the kernel and machined
// know, and only administrators what may hold secrets of this node. `path` is absolute, without
// links and dots.
absl::Status MayShow(std::string_view path, bool to_admin);

// A view of `files` that shows nothing else. Paths are as Resolve gives them, or below one such.
class ShownFiles : public sys::FileView {
 public:
  // `files` refuses links on the way, and must outlive this.
  ShownFiles(sys::FileView& files, bool to_admin) : files_(files), to_admin_(to_admin) {}

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::unique_ptr<sys::FileReader>> Open(const std::string& path) override;
  absl::StatusOr<std::string> Resolve(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> Entries(const std::string& path) override;
  absl::StatusOr<std::string> ReadLink(const std::string& path) override;
  absl::StatusOr<sys::FileStatus> Status(const std::string& path) override;
  absl::StatusOr<std::vector<sys::ExtendedAttribute>> Attributes(const std::string& path) override;
  absl::StatusOr<sys::FilesystemUse> Use(const std::string& path) override;

 private:
  sys::FileView& files_;
  const bool to_admin_;
};

}  // namespace ichor::api
