#include "machined/block/size.h"

#include <array>
#include <cmath>
#include <format>
#include <string_view>

namespace ichor {

std::string PrettySize(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 10) {
    return std::format("{} B", bytes);
  }
  size_t unit = 0;
  std::uint64_t scale = 1;
  while (unit + 1 < kUnits.size() && bytes / scale >= 1000) {
    scale *= 1000;
    ++unit;
  }
  const double value =
      std::floor(static_cast<double>(bytes) / static_cast<double>(scale) * 10 + 0.5) / 10;
  return value < 10 ? std::format("{:.1f} {}", value, kUnits.at(unit))
                    : std::format("{:.0f} {}", value, kUnits.at(unit));
}

}  // namespace ichor
