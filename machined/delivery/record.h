// What is sent of a log: a line of JSON for each record.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "machined/delivery/destination.h"
#include "machined/log/kmsg.h"

namespace ichor {

// A line of a service's log, taken from it at `time`. Ends in a line break.
//   {"msg":"ready","talos-level":"info","talos-service":"apid","talos-time":"2026-01-01T00:00:01Z"}
// The level is what the line begins with, "warning: " or "error: ", else info.
std::string ServiceRecord(std::string_view service, std::string_view line, base::WallTime time,
                          const LogTags& tags);

// A record of the kernel's log; the kernel's own clock began at `boot`.
//   {"clock":6252819,"facility":"kern","msg":"text","priority":"warning","seq":711,
//    "talos-level":"warn","talos-time":"2026-01-01T00:00:06.252819Z"}
std::string KernelRecord(const log::KmsgRecord& record, base::WallTime boot, const LogTags& tags);

}  // namespace ichor
