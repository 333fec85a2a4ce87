// The type of a field in words.
#pragma once

#include <string>

#include "lib/config/description.h"

namespace ichor::config {

// "boolean", "IP prefix", "list of mapping", "map of string".
std::string TypeText(const Field& field);

}  // namespace ichor::config
