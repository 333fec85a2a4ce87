// Text from parts.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ichor::yml {

// The standard's string_view as the one that Abseil takes, which Debian builds as a type of its
// own.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

// All parts behind each other: texts, and numbers in decimal.
template <class... Parts>
std::string Cat(const Parts&... parts) {
  const auto piece = [](const auto& part) {
    if constexpr (std::is_convertible_v<decltype(part), std::string_view>) {
      return ToAbsl(part);
    } else {
      return part;
    }
  };
  return absl::StrCat(piece(parts)...);
}

}  // namespace ichor::yml
