// File systems of the running kernel: fsopen(2), fsmount(2).
#pragma once

#include <memory>
#include <string>

#include "lib/base/unique_fd.h"
#include "lib/sys/file_systems.h"

namespace ichor::sys {

// The files below an open directory.
std::unique_ptr<MountedFiles> FilesBelow(base::UniqueFd directory);

class LinuxFileSystems : public FileSystems {
 public:
  absl::StatusOr<std::unique_ptr<MountedFiles>> Mount(const std::string& dev_path,
                                                      const std::string& type) override;
  absl::StatusOr<std::unique_ptr<MountedFiles>> MountReadOnly(const std::string& dev_path,
                                                              const std::string& type) override;
};

}  // namespace ichor::sys
