#include "machined/reset/plan.h"

#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <string_view>

#include "lib/base/status.h"

namespace ichor {
namespace {

using machine::ResetRequest;

constexpr std::array<std::string_view, 7> kLabels = {"CRI", "EPHEMERAL", "ETCD", "KUBELET",
                                                     "LOG", "META",      "STATE"};

absl::Status AddSystem(const ResetRequest& request, ichor::definitions::Wipe& wipe) {
  if (request.mode() == ResetRequest::USER_DISKS) {
    return request.system_partitions_to_wipe().empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError(
                     "system_partitions_to_wipe: expected none with mode USER_DISKS");
  }
  for (const machine::ResetPartitionSpec& partition : request.system_partitions_to_wipe()) {
    if (!std::ranges::contains(kLabels, partition.label())) {
      return absl::InvalidArgumentError(
          std::format("system_partitions_to_wipe: \"{}\", expected one of CRI, EPHEMERAL, ETCD, "
                      "KUBELET, LOG, META, STATE",
                      partition.label()));
    }
    if (partition.wipe()) {
      wipe.add_partitions(partition.label());
    }
  }
  wipe.set_system_disk(request.system_partitions_to_wipe().empty());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ichor::definitions::Wipe> PlanReset(const ResetRequest& request,
                                                   const DiskWorld& world) {
  ichor::definitions::Wipe wipe;
  RETURN_IF_ERROR(AddSystem(request, wipe));
  if (request.mode() == ResetRequest::SYSTEM_DISK && !request.user_disks_to_wipe().empty()) {
    return absl::InvalidArgumentError("user_disks_to_wipe: expected none with mode SYSTEM_DISK");
  }
  if (request.mode() == ResetRequest::USER_DISKS && request.user_disks_to_wipe().empty()) {
    return absl::InvalidArgumentError("user_disks_to_wipe: expected some with mode USER_DISKS");
  }
  constexpr std::string_view kDev = "/dev/";
  for (const std::string& path : request.user_disks_to_wipe()) {
    storage::BlockDeviceWipeDescriptor device;
    device.set_device(path.starts_with(kDev) ? path.substr(kDev.size()) : path);
    ASSIGN_OR_RETURN(const WipePlan plan, PlanWipe(device, world));
    wipe.add_disks(plan.dev_path);
  }
  return wipe;
}

}  // namespace ichor
