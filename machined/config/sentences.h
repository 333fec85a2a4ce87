// What a client is told when it gave a config.
#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/runtime/runtime.h"
#include "machined/config/apply_request.h"
#include "machined/install/choose_disk.h"

namespace ichor {

inline constexpr const char* kWaitsForTheRest =
    "The config has no v1alpha1 document yet: the node keeps it in memory and waits in maintenance "
    "mode for a config with one.";

inline constexpr const char* kCutsOff =
    "with this config no link has an address and a route, so nobody reaches the node any more";

// What the first config does to a machine that was booted from `disk`, and where it answers then.
std::string DescribeAcceptance(Runtime& runtime, const DiskChoice& choice, const std::string& disk,
                               bool dry_run);

// What a later one does.
std::string DescribeChange(const ApplyRequest& request, const config::Config* before,
                           const config::Config& after,
                           const std::vector<std::string>& reboot_reasons);

}  // namespace ichor
