// The tokens of a CEL expression.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

struct CelToken {
  enum class Kind : std::uint8_t { kEnd, kName, kInt, kUint, kDouble, kString, kBytes, kSymbol };

  Kind kind = Kind::kEnd;
  size_t offset = 0;
  std::string text{};         // of a name or symbol; a string's value; the digits of a number
  std::uint64_t integer = 0;  // of kInt and kUint
  double number = 0;          // of kDouble

  bool Is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  bool IsName(std::string_view name) const { return kind == Kind::kName && text == name; }
};

// All tokens of `text`, with kEnd last. InvalidArgument "at OFFSET: …".
absl::StatusOr<std::vector<CelToken>> LexCel(std::string_view text);

// InvalidArgument "at OFFSET: message".
absl::Status CelErrorAt(size_t offset, std::string_view message);

}  // namespace ichor
