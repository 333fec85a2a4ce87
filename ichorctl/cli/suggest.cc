#include "ichorctl/cli/suggest.h"

#include <algorithm>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/edit_distance.h"

namespace ichor::ctl {
namespace {

constexpr size_t kMost = 3;

// A short word must be closer than a long one.
size_t Limit(std::string_view word) {
  constexpr size_t kShort = 4;
  return word.size() < kShort ? 1 : 2;
}

}  // namespace

std::vector<std::string> Alike(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::pair<size_t, std::string>> found;
  for (const std::string& candidate : candidates) {
    const size_t distance = base::EditDistance(word, candidate);
    const bool begins = !word.empty() && candidate.starts_with(word);
    if (distance <= Limit(word) || begins) {
      found.emplace_back(begins ? size_t{1} : distance, candidate);
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
