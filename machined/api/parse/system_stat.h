// /proc/stat. See proc_stat(5).
#pragma once

#include <string_view>

#include "machine/machine.pb.h"

namespace ichor::api::parse {

// The kernel counts time in hundredths of a second, on every architecture. See USER_HZ in time(7).
inline constexpr double kTicksPerSecond = 100;

// Times in seconds. What is missing is zero.
machine::SystemStat SystemStatOf(std::string_view text);

}  // namespace ichor::api::parse
