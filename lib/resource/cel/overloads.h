// The functions and operators that every CEL expression may call, with the types they take.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/resource/cel/type.h"

namespace ichor {

struct CelOverload {
  std::vector<CelType> takes;  // of a member function: the target first
  CelType gives;
};

// A function by its name, and the ways to call it. Members stand with a dot: ".size".
struct CelFunction {
  std::string name;
  std::vector<CelOverload> overloads;
};

// Of "glob: string, string -> bool". Several ways are separated by "; ". Dies of other texts.
CelFunction ParseCelFunction(std::string_view text);

// Null if there is no such function.
const CelFunction* FindStandardCelFunction(std::string_view name);

// What a call gives; nothing if the function does not take such arguments. Arguments of a type that
// is not known fit everywhere.
std::optional<CelType> CallCel(const CelFunction& function, std::span<const CelType> arguments);

// What a list of such items has as its type of items: theirs if all are the same.
CelType CommonCelType(std::span<const CelType> types);

}  // namespace ichor
