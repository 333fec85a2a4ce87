// Where logs go.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Keys that every record of a destination has.
using LogTags = std::map<std::string, std::string>;

struct LogDestination {
  bool udp = false;  // else TCP
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;
  LogTags tags;

  auto operator<=>(const LogDestination&) const = default;
};

// "tcp://logs.example.org:6051" or "udp://[fd00::1]:6051", with a '/' behind it or none. Nothing if
// it is neither.
std::optional<LogDestination> ParseDestination(std::string_view url);

// "udp://10.0.0.1:6051", for messages.
std::string ToString(const LogDestination& destination);

// machine.logging.destinations: of the services' logs. What cannot be understood is left out.
std::vector<LogDestination> ServiceLogDestinations(const config::Config& config);

// Row "kmsg-log", where the kernel's log goes: talos.logging.kernel of the command line, and every
// KmsgLogConfig. None if it goes nowhere.
absl::StatusOr<Desired<runtime::KmsgLogConfig>> WantKernelLog(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines);

}  // namespace ichor
