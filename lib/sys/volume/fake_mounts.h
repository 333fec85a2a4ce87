// Mounts in memory.
#pragma once

#include <functional>
#include <map>
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

  absl::Status Mount(const MountPlan& plan) override;
  absl::Status Unmount(const std::string& target) override {
    mounted.erase(target);
    return absl::OkStatus();
  }
  absl::StatusOr<bool> IsMounted(const std::string& target) override {
    return mounted.contains(target);
  }
};

}  // namespace ichor::sys
