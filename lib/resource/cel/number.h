// Numbers of CEL: compared over all their types, and calculated with.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/resource/cel/value.h"

namespace ichor {

// How two numbers of any types stand to each other, by their value; nothing unless both are
// numbers.
std::optional<std::partial_ordering> CompareNumbers(const CelValue& a, const CelValue& b);

// `a` op `b` for two numbers of one type and one of + - * / %. OutOfRange for what has no place in
// the type, InvalidArgument for a division by zero, NotFound if they are no such numbers.
absl::StatusOr<CelValue> Calculate(char op, const CelValue& a, const CelValue& b);

// The number as another type: "int", "uint" or "double"; texts are read. OutOfRange if it has no
// place there, InvalidArgument if it is no number.
absl::StatusOr<CelValue> ConvertNumber(std::string_view type, const CelValue& value);

}  // namespace ichor
