#include "machined/cri/volumes.h"

#include <format>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/status.h"
#include "lib/sys/ownership.h"
#include "machined/cri/render.h"

namespace ichor {
namespace {

using block::VolumeMountStatus;

absl::Status MountMemory(const std::string& target, sys::Mounts& mounts) {
  ASSIGN_OR_RETURN(const bool there, mounts.IsMounted(target));
  return there ? absl::OkStatus() : mounts.MountMemory(target);
}

// The image's /opt stays below, so that its network plugins are those of the running version.
absl::Status MountOpt(const CriPlaces& places, sys::Mounts& mounts) {
  ASSIGN_OR_RETURN(const bool there, mounts.IsMounted(places.opt));
  if (there) {
    return absl::OkStatus();
  }
  const std::string overlays = places.var + "/system/overlays";
  const std::string upper = overlays + "/opt-diff";
  const std::string work = overlays + "/opt-work";
  RETURN_IF_ERROR(sys::MakeDirectory(places.var + "/system", {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(overlays, {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(upper, {.mode = 0755}));
  RETURN_IF_ERROR(sys::MakeDirectory(work, {.mode = 0700}));
  return mounts.MountOverlay(
      {.lower = places.opt, .upper = upper, .work = work, .target = places.opt, .programs = true});
}

void Say(std::string_view volume, const absl::Status& status, Report<VolumeMountStatus>& report) {
  const std::string id = std::format("cri-{}", volume);
  VolumeMountStatus::Spec row;
  row.set_volume_id(std::string(volume));
  row.set_requester("cri");
  if (!status.ok()) {
    report.AddFailed(id, std::move(row), status);
    return;
  }
  row.set_target(std::string(volume));
  report.Add(id, std::move(row));
}

}  // namespace

Report<VolumeMountStatus> MountForCri(const All<block::MountStatus>& mounted,
                                      const All<files::EtcFileStatus>& files, sys::Mounts& mounts,
                                      const CriPlaces& places) {
  Report<VolumeMountStatus> report;
  const auto toml = files.find(kCriToml);
  if (mounted.find("EPHEMERAL") == mounted.end() || toml == files.end() ||
      toml->spec().spec_version().empty()) {
    return report;
  }
  Say("/etc/cni", MountMemory(places.etc + "/cni", mounts), report);
  Say("/etc/kubernetes", MountMemory(places.etc + "/kubernetes", mounts), report);
  Say("/opt", MountOpt(places, mounts), report);
  Say("/var/run/lock", sys::MakeDirectory(places.run + "/lock", {.mode = 0755}), report);
  return report;
}

}  // namespace ichor
