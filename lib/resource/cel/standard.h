// The functions and operators that every CEL expression may call, as they run.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/resource/cel/value.h"

namespace ichor {

// Calls the function `name`: an operator as the syntax tree names it ("_<_"), a member with a dot
// in front and its target first. InvalidArgument if it does not take such values, Unimplemented if
// there is none of this name.
absl::StatusOr<CelValue> CallStandardCel(std::string_view name,
                                         std::span<const CelValue> arguments);

// Whether it is what an unset field has: zero, "", an empty list, no message.
bool IsEmpty(const CelValue& value);

}  // namespace ichor
