#include "ichorctl/cli/suggest.h"

#include <algorithm>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"

namespace ichor::ctl {
namespace {

constexpr size_t kMost = 3;

// A short word must be closer than a long one.
int Limit(std::string_view word) {
  constexpr size_t kShort = 4;
  return word.size() < kShort ? 1 : 2;
}

}  // namespace

int Distance(std::string_view one, std::string_view other) {
  std::vector<std::vector<int>> rows(one.size() + 1, std::vector<int>(other.size() + 1));
  for (size_t i = 0; i <= one.size(); ++i) {
    for (size_t j = 0; j <= other.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = static_cast<int>(i + j);
        continue;
      }
      const int replaced = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[one.size()][other.size()];
}

std::vector<std::string> Alike(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::pair<int, std::string>> found;
  for (const std::string& candidate : candidates) {
    const int distance = Distance(word, candidate);
    const bool begins = !word.empty() && candidate.starts_with(word);
    if (distance <= Limit(word) || begins) {
      found.emplace_back(begins ? 1 : distance, candidate);
    }
  }
  std::ranges::sort(found);
  std::vector<std::string> words;
  for (size_t i = 0; i < std::min(found.size(), kMost); ++i) {
    words.push_back(found[i].second);
  }
  return words;
}

std::string DidYouMean(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::string> words = Alike(word, candidates);
  if (words.empty()) {
    return {};
  }
  for (std::string& alike : words) {
    alike = std::format("\"{}\"", alike);
  }
  return std::format(" (did you mean {}?)", absl::StrJoin(words, " or "));
}

}  // namespace ichor::ctl
