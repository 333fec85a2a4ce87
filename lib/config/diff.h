// What changed between two configs, by meaning: not by order of keys, quotes or comments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/config/config.h"

namespace ichor::config {

// One change. Values are YAML on one line; none: not there. Secrets are "REDACTED", so equal
// texts may stand for different values.
struct Change {
  std::string path;  // "machine.network.hostname", "LinkConfig eth0: mtu"
  std::optional<std::string> before{};
  std::optional<std::string> after{};
};

// All changes, documents in the order of `before`, then those that only `after` has.
std::vector<Change> Diff(const Config& before, const Config& after, bool show_secrets = false);

}  // namespace ichor::config
