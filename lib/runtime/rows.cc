#include "lib/runtime/rows.h"

#include <algorithm>
#include <format>

namespace ichor {

absl::Status SortRows(Rows& rows) {
  if (!std::ranges::is_sorted(rows, {}, &DesiredRow::id)) {
    std::ranges::sort(rows, {}, &DesiredRow::id);
  }
  const auto twin = std::ranges::adjacent_find(rows, {}, &DesiredRow::id);
  if (twin != rows.end()) {
    return absl::InvalidArgumentError(std::format("row \"{}\" is stated twice", twin->id));
  }
  return absl::OkStatus();
}

}  // namespace ichor
