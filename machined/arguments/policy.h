// What the config adds to the kernel's command line: machine.install.extraKernelArgs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// All arguments together, with a space between two of them: an x86 kernel reads 2,047 bytes of a
// command line, and what an image says comes first.
inline constexpr std::size_t kMostArgumentBytes = 768;

struct KernelArguments {
  std::vector<std::string> words;     // "nomodeset", "console=ttyS1,115200", in the config's order
  std::vector<std::string> left_out;  // a sentence for each that cannot be had
};

// InvalidArgument, with field and value, if one has a character that a loader would read in its own
// way, says what the loaders themselves say (ichor.*), or all are too long.
absl::StatusOr<KernelArguments> KernelArgumentsOf(const config::Config& config);

// Those of `words` that a kernel with `command_line` was not given.
std::vector<std::string> ArgumentsNotIn(std::string_view command_line,
                                        const std::vector<std::string>& words);

// What a client is told whose config does not bring its arguments to the kernel that runs: a slot
// that is known good keeps what it was written with. Empty for a config that cannot be read.
std::vector<std::string> WarnOfArguments(const config::Config& config,
                                         std::string_view command_line);

// The same as the diagnostic `kernel-arguments`. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseArguments(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines);

}  // namespace ichor
