// Capabilities by name. See capabilities(7).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ichor {

// The number of "CAP_NET_ADMIN"; absent for a name that there is not.
std::optional<unsigned> CapabilityNumber(std::string_view name);

// The names of all, in order of their numbers.
std::span<const std::string_view> CapabilityNames();

}  // namespace ichor
