#include "machined/udev/register.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"
#include "machined/udev/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr std::chrono::seconds kLimit{10};
constexpr size_t kLargestFile = 4 << 20;  // bytes

// Whether the file had to be changed.
absl::StatusOr<bool> Write(const std::string& directory, const std::string& rules) {
  const std::string path = directory + "/99-talos.rules";
  const absl::StatusOr<std::string> current = sys::ReadFile(path, kLargestFile);
  if (rules.empty()) {
    if (absl::IsNotFound(current.status())) {
      return false;
    }
    RETURN_IF_ERROR(sys::RemoveFile(path));
    return true;
  }
  if (current.ok() && *current == rules) {
    return false;
  }
  RETURN_IF_ERROR(sys::MakeDirectory(directory, {.mode = 0755}));
  RETURN_IF_ERROR(sys::WriteFileAtomically(path, rules, 0644));
  return true;
}

absl::Status Reload(sys::Programs& programs) {
  const std::vector<std::vector<std::string>> commands = {
      {"/usr/bin/udevadm", "control", "--reload"},
      {"/usr/bin/udevadm", "trigger", "--type=subsystems"},
      {"/usr/bin/udevadm", "trigger", "--type=devices"},
  };
  for (const std::vector<std::string>& command : commands) {
    RETURN_IF_ERROR(programs.Run(command, kLimit));
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterUdev(Runtime& runtime, sys::Programs& programs, std::string directory) {
  using runtime::DevicesStatus;
  runtime.Actuate<config::MachineConfig, DevicesStatus>(
      "udev.apply-rules",
      // `pending`: the file is written, and udevd not yet told.
      [&programs, directory = std::move(directory), pending = false](
          const All<config::MachineConfig>& configs,
          const All<DevicesStatus>& devices) mutable -> absl::Status {
        if (std::ranges::none_of(devices, [](const auto& row) { return row.spec().ready(); })) {
          return absl::OkStatus();
        }
        ASSIGN_OR_RETURN(const bool changed, Write(directory, UdevRules(configs)));
        pending = pending || changed;
        if (pending) {
          RETURN_IF_ERROR(Reload(programs));
          pending = false;
        }
        return absl::OkStatus();
      });
}

}  // namespace ichor
