// Pieces of TOML as text.
#pragma once

#include <string>
#include <string_view>

namespace ichor {

// A basic string with its quotes. See toml.io/en/v1.0.0.
std::string QuoteToml(std::string_view text);

}  // namespace ichor
