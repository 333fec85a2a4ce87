#include "lib/base/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"

namespace ichor::base {

size_t EditDistance(std::string_view one, std::string_view other, bool ignore_case) {
  const auto same = [&](char a, char b) {
    return a == b || (ignore_case && absl::ascii_tolower(static_cast<unsigned char>(a)) ==
                                         absl::ascii_tolower(static_cast<unsigned char>(b)));
  };
  // Of the first i letters of `one` from the first j of `other`, for i - 2, i - 1 and i.
  std::vector<size_t> before_last(other.size() + 1);
  std::vector<size_t> last(other.size() + 1);
  std::vector<size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= one.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= other.size(); ++j) {
      const size_t replaced = last[j - 1] + (same(one[i - 1], other[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && same(one[i - 1], other[j - 2]) && same(one[i - 2], other[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[other.size()];
}

}  // namespace ichor::base
