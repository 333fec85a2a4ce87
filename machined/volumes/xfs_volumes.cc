#include "machined/volumes/xfs_volumes.h"

#include <chrono>
#include <format>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/system_table.h"
#include "lib/disk/xfs_size.h"

namespace ichor {
namespace {

constexpr std::chrono::minutes kMakingLimit{10};
constexpr std::chrono::minutes kRepairLimit{30};
// What the kernel of the image can mount, newer features left out: mkfs.xfs(8).
constexpr const char* kProfile = "options=/usr/share/xfsprogs/mkfs/lts_6.12.conf";

std::vector<std::string> MakingOf(std::string_view label, const std::string& device) {
  std::vector<std::string> command = {"/usr/sbin/mkfs.xfs", "-f", "-q", "-K", "-c", kProfile, "-L",
                                      std::string(label)};
  if (label == disk::kState) {
    command.emplace_back("--unsupported");  // it has less than the 300 MiB that xfs asks for
  }
  command.push_back(device);
  return command;
}

}  // namespace

absl::Status XfsVolumes::MountOrMake(const sys::MountPlan& plan, std::string_view label) {
  if (mounts_.Mount(plan).ok()) {
    return absl::OkStatus();
  }
  return Make(plan, label);
}

absl::Status XfsVolumes::Make(const sys::MountPlan& plan, std::string_view label) {
  base::Log(base::Severity::kInfo, "{} is made on {}", label, plan.device);
  RETURN_IF_ERROR(programs_.Run(MakingOf(label, plan.device), kMakingLimit));
  return mounts_.Mount(plan);
}

absl::Status XfsVolumes::MountOrRepair(const sys::MountPlan& plan, std::string_view label) {
  const absl::Status mounted = mounts_.Mount(plan);
  if (mounted.ok()) {
    return absl::OkStatus();
  }
  base::Log(base::Severity::kWarning, "{}: {}; it is repaired", label, base::MessageOf(mounted));
  const absl::Status repaired = programs_.Run({"/usr/sbin/xfs_repair", plan.device}, kRepairLimit);
  const absl::Status again = mounts_.Mount(plan);
  if (again.ok()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(std::format("{} on {} cannot be read: {}{}{}", label, plan.device,
                                         base::MessageOf(again), repaired.ok() ? "" : "; ",
                                         base::MessageOf(repaired)));
}

absl::Status XfsVolumes::Grow(const std::string& dev_path, const disk::Partition& partition,
                              const std::string& target) {
  ASSIGN_OR_RETURN(const std::string superblock,
                   devices_.Read(dev_path, partition.offset_bytes, disk::kXfsSuperblockBytes));
  const auto bytes = disk::XfsBytes(superblock);
  if (!bytes.has_value() || *bytes + disk::kAlignment > partition.size_bytes) {
    return absl::OkStatus();
  }
  return programs_.Run({"/usr/sbin/xfs_growfs", "-d", target}, kMakingLimit);
}

}  // namespace ichor
