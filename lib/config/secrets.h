// Which values of a tree are secret.
#pragma once

#include <string_view>

#include "lib/config/description.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Replaces every scalar in a secret field, however deep, by the text `replacement`, which must
// outlive the tree. Empty ones stay empty. `mapping` has the shape.
void HideSecrets(Node& mapping, const Shape& shape, std::string_view replacement);

}  // namespace ichor::config
