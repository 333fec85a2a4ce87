// /proc/cpuinfo, and /sys/devices/system/cpu. See proc_cpuinfo(5).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "machine/machine.pb.h"

namespace ichor::api::parse {

// One entry per processor. What an architecture does not say is left empty; on arm64, which has
// other words, implementer, part, variant, revision and features stand where vendor, model, family,
// stepping and flags do.
machine::CPUsInfo CpusOf(std::string_view cpuinfo);

// The numbers of a list such as "0-3,6"; at most 4,096 of them. See cpulists(7)'s syntax in
// Documentation/admin-guide/cputopology.rst.
std::vector<std::uint32_t> CpuListOf(std::string_view list);

}  // namespace ichor::api::parse
