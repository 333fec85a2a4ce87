// Environment variables that the config and the command line give to services.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

struct GivenEnvironment {
  std::vector<std::string> variables;  // "NAME=value", by name
  std::vector<std::string> left_out;   // sentences: which, and why
};

// What `talos.environment` of the command line, `machine.env` and EnvironmentConfig say; what comes
// later in this list wins. Left out: names that are none, PATH, which is the system's own, and what
// would be more than 64 variables or 8 KiB. `config` may be null.
GivenEnvironment EnvironmentOf(std::string_view command_line, const config::Config* config);

// Row `machined`: the variables, perhaps none; no row while nobody knows what the disk holds.
absl::StatusOr<Desired<runtime::Environment>> WantEnvironment(
    const All<config::MachineConfig>& configs, const All<boot::NodeStage>& stages,
    const All<runtime::KernelCmdline>& command_lines);

// Row `environment`: what is left out of it. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseEnvironment(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines);

// Whether a variable, "NAME=value", says which proxy is used; names are of either case.
bool IsProxyVariable(std::string_view variable);

}  // namespace ichor
