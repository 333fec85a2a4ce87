// Whether a config makes sense: what a machine refuses, and what it only warns about.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/config/config.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// What the machine is.
enum class Mode : std::uint8_t { kMetal, kCloud, kContainer };

// "metal", "cloud", "container"; nothing for anything else.
std::optional<Mode> ParseMode(std::string_view text);

struct ValidateOptions {
  Mode mode = Mode::kMetal;
  // Warnings become errors.
  bool strict = false;
  // Kubernetes versions may be any: the config is looked at on a workstation.
  bool local = false;
};

// All findings, in the order of the text. Pure; reads no clock and no machine.
Findings Validate(const Config& config, const ValidateOptions& options);

}  // namespace ichor::config
