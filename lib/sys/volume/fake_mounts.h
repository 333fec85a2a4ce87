// Mounts in memory.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "lib/sys/volume/mounts.h"

namespace ichor::sys {

// For one thread at a time.
class FakeMounts : public Mounts {
 public:
  // Says whether a device can be mounted; without it all can.
  std::function<absl::Status(const MountPlan& plan)> check;
  std::map<std::string, MountPlan> mounted;  // by target

  // Overlays are neither checked nor anything but noted; what is shown elsewhere, too.
  std::map<std::string, OverlayPlan> overlays;  // by target
  std::map<std::string, std::string> shown;     // sources by target
  std::set<std::string> memory;                 // targets

  absl::Status Mount(const MountPlan& plan) override;
  absl::Status MountOverlay(const OverlayPlan& plan) override {
    overlays[plan.target] = plan;
    return absl::OkStatus();
  }
  absl::Status ShowAt(const std::string& source, const std::string& target) override {
    shown[target] = source;
    return absl::OkStatus();
  }
  absl::Status MountMemory(const std::string& target) override {
    memory.insert(target);
    return absl::OkStatus();
  }
  absl::Status Unmount(const std::string& target) override;
  absl::Status UnmountWith(const std::string& target) override { return Unmount(target); }
  absl::StatusOr<bool> IsMounted(const std::string& target) override {
    return mounted.contains(target) || overlays.contains(target) || shown.contains(target) ||
           memory.contains(target);
  }
};

}  // namespace ichor::sys
