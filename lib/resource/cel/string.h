// String and bytes literals of CEL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor {

struct CelString {
  std::string value{};
  bool is_bytes = false;
};

// The length of the string or bytes literal that `text` starts with, prefix and quotes included;
// nothing if it starts with none, or with one that is not closed.
std::optional<size_t> CelStringLength(std::string_view text);

// The value of a whole literal. InvalidArgument names the escape that is wrong.
absl::StatusOr<CelString> ParseCelString(std::string_view literal);

// Literals of these values.
std::string QuoteCelString(std::string_view value);
std::string QuoteCelBytes(std::string_view value);

}  // namespace ichor
