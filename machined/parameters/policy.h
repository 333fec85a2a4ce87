// Which kernel parameters the config wants, and where they are.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The path of the parameter whose row has this id: "proc.sys.net.ipv4.ip_forward" is
// "/proc/sys/net/ipv4/ip_forward". As in sysctl(8) a slash stands for a dot in a name
// ("proc.sys.net.ipv4.conf.eth0/1.forwarding"), unless it comes before the first dot: then the key
// is a path already. Empty if it would lead out of its tree.
std::string ParameterPath(std::string_view id);

// The parameters of `machine.sysctls`, `machine.sysfs`, SysctlConfig and SysfsConfig, by ids as
// above, with "sys." for those in /sys. A document wins over the one-document form. Never fails.
absl::StatusOr<Desired<runtime::KernelParamSpec>> WantParameters(
    const All<config::MachineConfig>& configs);

// Row `kernel-hardening` if the config gives a parameter that hardens the kernel another value than
// the default: that is allowed, and not forgotten. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseHardening(
    const All<runtime::KernelParamDefaultSpec>& defaults,
    const All<runtime::KernelParamSpec>& wishes);

}  // namespace ichor
