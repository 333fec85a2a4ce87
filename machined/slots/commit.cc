#include "machined/slots/commit.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/early/environment_block.h"
#include "machined/slots/records.h"

namespace ichor {
namespace {

using block::DiscoveredVolume;
using block::SystemDisk;
using boot::SlotReport;

absl::Status CommitInSystemdBoot(sys::MountedFiles& efi, const std::string& slot) {
  const std::string directory(kUkiDirectory);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, efi.List(directory));
  const std::optional<Renamed> change = CommitUki(names, slot);
  return change.has_value()
             ? efi.Rename(directory + "/" + change->from, directory + "/" + change->to)
             : absl::OkStatus();
}

absl::Status CommitInGrub(sys::MountedFiles& efi, const std::string& slot) {
  const std::string path(kGrubEnvironment);
  const absl::StatusOr<std::string> before = efi.Read(path, early::kEnvironmentBytes);
  if (absl::IsNotFound(before.status())) {
    return absl::OkStatus();  // a machine without BIOS
  }
  RETURN_IF_ERROR(before.status());
  absl::StatusOr<std::string> after = CommitEnvironment(*before, slot);
  if (!after.ok()) {
    return base::Annotate(std::move(after).status(), path);
  }
  return *after == *before ? absl::OkStatus() : efi.Overwrite(path, *after);
}

}  // namespace

std::optional<std::string> FindEfiPartition(const All<SystemDisk>& disks,
                                            const All<DiscoveredVolume>& volumes) {
  if (disks.empty()) {
    return std::nullopt;
  }
  const std::string& disk = disks.front().spec().disk_id();
  const auto found = std::ranges::find_if(volumes, [&](const Row<DiscoveredVolume>& row) {
    return row.spec().parent() == disk && row.spec().partition_label() == "EFI";
  });
  return found == volumes.end() ? std::nullopt : std::optional(found->spec().dev_path());
}

absl::Status CommitSlot(sys::MountedFiles& efi, const std::string& slot,
                        const std::string& firmware) {
  if (firmware == "uefi") {
    RETURN_IF_ERROR(CommitInGrub(efi, slot));
    return CommitInSystemdBoot(efi, slot);
  }
  RETURN_IF_ERROR(CommitInSystemdBoot(efi, slot));
  return CommitInGrub(efi, slot);
}

SlotCommitter::SlotCommitter(sys::FileSystems& systems, std::function<absl::Status()> tell)
    : systems_(&systems), tell_(std::move(tell)) {}

Report<SlotReport> SlotCommitter::operator()(const All<boot::SlotCommit>& commits,
                                             const All<SystemDisk>& disks,
                                             const All<DiscoveredVolume>& volumes) const {
  Report<SlotReport> report;
  for (const auto& commit : commits) {
    const absl::Status done = Commit(disks, volumes, commit.id(), commit.spec().firmware());
    SlotReport::Spec spec;
    spec.set_committed(done.ok());
    spec.set_error(std::string(base::MessageOf(done)));
    if (done.ok()) {
      report.Add(commit.id(), std::move(spec));
    } else {
      report.AddFailed(commit.id(), std::move(spec), done);
    }
  }
  return report;
}

absl::Status SlotCommitter::Commit(const All<SystemDisk>& disks,
                                   const All<DiscoveredVolume>& volumes, const std::string& slot,
                                   const std::string& firmware) const {
  const std::optional<std::string> dev_path = FindEfiPartition(disks, volumes);
  if (!dev_path.has_value()) {
    return absl::FailedPreconditionError("the system disk's EFI partition is not there");
  }
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<sys::MountedFiles> efi,
                     systems_->Mount(*dev_path, "vfat"));
    RETURN_IF_ERROR(CommitSlot(*efi, slot, firmware));
  }
  return tell_();
}

}  // namespace ichor
