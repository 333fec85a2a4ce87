// Moves what the one-document form says into the documents that say it today.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"

namespace ichor::config {

// One field that moved: "patches/b.yaml:1: cluster.proxy.disabled → KubeProxyConfig.enabled:
// false".
struct Move {
  std::string file;
  Place place{};
  std::string from;
  std::string to;  // document, key and value
};

std::string ToString(const Move& move);

struct Migrated {
  Config config;
  std::vector<Move> moves{};
};

// The config in the current form, comments of what does not move kept. InvalidArgument, one line
// each, for what has no equivalent.
absl::StatusOr<Migrated> Migrate(const Config& config);

}  // namespace ichor::config
