// What somebody may have meant who mistyped a word.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::ctl {

// The words of `candidates` that are close to `word`, the closest first, at most three. A word that
// begins with `word` is close too.
std::vector<std::string> Alike(std::string_view word, std::span<const std::string> candidates);

// " (did you mean "secrets" or "sets"?)"; empty if nothing is close.
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace ichor::ctl
