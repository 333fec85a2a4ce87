// Whether a text is what a field's form wants.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ichor/config_options.pb.h"

namespace ichor::config {

// Forms of text; true for forms of numbers. "" is well formed where it means the same as no value.
bool IsWellFormed(const ConfigField& option, std::string_view text);

// 0 to 255, or the word of one.
std::optional<std::uint32_t> ParseRoutingTable(std::string_view text);

// "local", "main", "default", or the number.
std::string RoutingTableText(std::uint32_t table);

}  // namespace ichor::config
