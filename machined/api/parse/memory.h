// /proc/meminfo and /proc/loadavg. See proc_meminfo(5), proc_loadavg(5).
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "machine/machine.pb.h"

namespace ichor::api::parse {

// Amounts in KiB, as the kernel gives them. Lines that the message has no field for are left out.
machine::MemInfo MemoryOf(std::string_view meminfo);

// InvalidArgument if the text does not begin with three numbers.
absl::StatusOr<machine::LoadAvg> LoadOf(std::string_view loadavg);

}  // namespace ichor::api::parse
