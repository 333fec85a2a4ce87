// What the platform says, as resources.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The key of META that holds the network of a machine on metal.
inline constexpr const char* kMetalNetworkKey = "0x0a";
// The file on STATE that keeps what a cloud said of the network.
inline constexpr const char* kPlatformNetworkCopy = "platform-network.yaml";

using PlatformDescription =
    std::tuple<Desired<network::PlatformConfig>, Desired<runtime::Diagnostic>>;

// Row "active": on metal what META says, on nocloud and hcloud what their files say; empty while
// that is nothing. On a cloud that has not answered yet, row "cached" instead, if STATE has kept
// one. Row "platform-network" names what makes no sense, and is left out. Unavailable on metal
// until META was looked at (one that cannot be read is not waited for), and without a command line.
absl::StatusOr<PlatformDescription> DescribePlatformNetwork(
    const All<network::PlatformFile>& files, const All<runtime::MetaKey>& keys,
    const All<runtime::MetaLoad>& loads, const All<runtime::KernelCmdline>& command_lines,
    const All<hardware::SystemInformation>& systems, const All<network::LinkStatus>& links);

}  // namespace ichor
