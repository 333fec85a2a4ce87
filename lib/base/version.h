// Which Ichor this is: the one place that says it.
#pragma once

#include <string_view>

namespace ichor::base {

// Our own version, a semantic version.
inline constexpr std::string_view kVersion = "0.1.0";

// What clients of the API read and compare: above 1.13 and below 2, our own version behind it.
inline constexpr std::string_view kVersionTag = "v1.14.0-ichor.0.1.0";
static_assert(kVersionTag.ends_with(kVersion));

}  // namespace ichor::base
