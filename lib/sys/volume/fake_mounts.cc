#include "lib/sys/volume/fake_mounts.h"

namespace ichor::sys {

absl::Status FakeMounts::Mount(const MountPlan& plan) {
  const absl::Status status = check ? check(plan) : absl::OkStatus();
  if (status.ok()) {
    mounted[plan.target] = plan;
  }
  return status;
}

}  // namespace ichor::sys
