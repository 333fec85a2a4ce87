// YAML values as JSON.
#pragma once

#include <string>

#include "lib/yaml/node.h"

namespace ichor::ctl {

// On one line: {"a":[1,"x"]}. Keys are sorted; plain scalars are numbers, booleans and null where
// they read as such.
std::string ToJson(const yml::Node& value);

// The same over several lines, indented by 4, without a line break at the end.
std::string ToIndentedJson(const yml::Node& value);

}  // namespace ichor::ctl
