// Configs without their secrets.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/config.h"

namespace ichor::config {

inline constexpr std::string_view kRedacted = "REDACTED";

// The text with every value of a secret field replaced; comments are left out, since they may
// quote one.
std::string Redact(const Config& config, std::string_view replacement = kRedacted);

}  // namespace ichor::config
