// File systems in memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "lib/sys/file_systems.h"

namespace ichor::sys {

// For one thread at a time.
class FakeFileSystems : public FileSystems {
 public:
  using Files = std::map<std::string, std::string>;  // bytes by path

  // Makes a file system on a device.
  void Add(const std::string& dev_path, Files files) { disks_[dev_path] = std::move(files); }
  Files& FilesOf(const std::string& dev_path) { return disks_[dev_path]; }
  // So many more changes are made; then the power is gone, and everything fails.
  void CutPowerAfter(int changes) { changes_left_ = changes; }
  // How many are mounted now.
  int mounted() const { return mounted_; }

  absl::StatusOr<std::unique_ptr<MountedFiles>> Mount(const std::string& dev_path,
                                                      const std::string& type) override;
  // The same: that nobody changes what he mounted to read is for the kernel to see to.
  absl::StatusOr<std::unique_ptr<MountedFiles>> MountReadOnly(const std::string& dev_path,
                                                              const std::string& type) override {
    return Mount(dev_path, type);
  }

 private:
  friend class FakeMountedFiles;
  absl::Status Change();

  std::map<std::string, Files> disks_;
  int changes_left_ = -1;  // -1: without end
  int mounted_ = 0;
};

}  // namespace ichor::sys
