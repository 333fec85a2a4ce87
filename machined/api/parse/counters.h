// /proc/diskstats and /proc/net/dev. See Documentation/admin-guide/iostats.rst, proc_pid_net(5).
#pragma once

#include <string_view>

#include "machine/machine.pb.h"

namespace ichor::api::parse {

// One entry per line that is complete enough, and the sum of all.
machine::DiskStats DiskStatsOf(std::string_view diskstats);
machine::NetworkDeviceStats NetworkStatsOf(std::string_view net_dev);

}  // namespace ichor::api::parse
