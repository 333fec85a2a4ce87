#include "machined/files/apply.h"

#include <format>
#include <utility>

#include "lib/sys/file.h"

namespace ichor {
namespace {

using files::EtcFileSpec;
using files::EtcFileStatus;

constexpr size_t kLargestFile = 1 << 20;  // bytes

absl::Status WriteIfDifferent(const std::string& path, const EtcFileSpec::Spec& file) {
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (current.ok() && *current == file.contents()) {
    return absl::OkStatus();
  }
  return sys::WriteFileAtomically(path, file.contents(), file.mode());
}

}  // namespace

Report<EtcFileStatus> ApplyEtcFiles(const All<EtcFileSpec>& desired, const std::string& directory) {
  Report<EtcFileStatus> report;
  for (const auto& row : desired) {
    EtcFileStatus::Spec status;
    const absl::Status written =
        WriteIfDifferent(std::format("{}/{}", directory, row.id()), row.spec());
    if (written.ok()) {
      status.set_spec_version(std::to_string(row.metadata().version));
      report.Add(row.id(), std::move(status));
    } else {
      report.AddFailed(row.id(), std::move(status), written);
    }
  }
  return report;
}

}  // namespace ichor
