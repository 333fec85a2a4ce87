// Whether the secrets of a cluster are all there and fit together.
#pragma once

#include <string>
#include <vector>

#include "lib/pki/cluster/secrets.h"

namespace ichor::pki {

// What is wrong with `secrets`, one sentence each, every one of them; nothing of a secret is in
// them. Empty if a config can be made from them.
std::vector<std::string> ProblemsOf(const ClusterSecrets& secrets);

}  // namespace ichor::pki
