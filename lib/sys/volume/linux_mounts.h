// The mounts of this process's namespace.
#pragma once

#include "lib/sys/volume/mounts.h"

namespace ichor::sys {

class LinuxMounts : public Mounts {
 public:
  absl::Status Mount(const MountPlan& plan) override;
  absl::Status MountOverlay(const OverlayPlan& plan) override;
  absl::Status MountMemory(const std::string& target) override;
  absl::Status ShowAt(const std::string& source, const std::string& target) override;
  absl::Status Unmount(const std::string& target) override;
  absl::Status UnmountWith(const std::string& target) override;
  absl::StatusOr<bool> IsMounted(const std::string& target) override;
};

}  // namespace ichor::sys
