// Sizes as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ichor::config {

// "2GiB", "100 MB", "1.5T", "4096": a number, perhaps with decimals and commas, and a unit in any
// case. KB is 1000 bytes, KiB 1024; without a unit bytes. Bytes rounded down. May be negative.
// Nothing for other text, or beyond 2^63.
std::optional<std::int64_t> ParseSize(std::string_view text);

// "20%", "12.5%": the number. Nothing for other text, or outside of 0 to 100.
std::optional<double> ParsePercent(std::string_view text);

// "< 1TB", ">= 100GiB", "== 4096", "1TB": an operator, == if there is none, and a size.
struct SizeMatch {
  std::string_view op;
  std::int64_t bytes = 0;
};

std::optional<SizeMatch> ParseSizeMatch(std::string_view text);

}  // namespace ichor::config
