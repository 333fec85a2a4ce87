#include "lib/sys/volume/fake_mounts.h"

namespace ichor::sys {

absl::Status FakeMounts::Mount(const MountPlan& plan) {
  const absl::Status status = check ? check(plan) : absl::OkStatus();
  if (status.ok()) {
    mounted[plan.target] = plan;
  }
  return status;
}

absl::Status FakeMounts::Unmount(const std::string& target) {
  mounted.erase(target);
  overlays.erase(target);
  shown.erase(target);
  memory.erase(target);
  return absl::OkStatus();
}

}  // namespace ichor::sys
