// /proc/[pid]. See proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "machine/machine.pb.h"

namespace ichor::api::parse {

// The texts of one process's files. Those that it has none of are empty: a thread of the kernel has
// no executable.
struct ProcessFiles {
  std::string stat{};
  std::string status{};
  std::string cmdline{};
  std::string executable{};  // where the link exe points
  std::string label{};       // attr/current
};

// Sizes in bytes, time in seconds. InvalidArgument if `stat` is not as documented.
absl::StatusOr<machine::ProcessInfo> ProcessOf(const ProcessFiles& files);

}  // namespace ichor::api::parse
