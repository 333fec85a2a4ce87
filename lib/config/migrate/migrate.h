// Moves what the one-document form says into the documents that say it today.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/config/patch.h"

namespace ichor::config {

// One field that moved: "patches/b.yaml:1: cluster.proxy.disabled → KubeProxyConfig.enabled:
// false".
struct Move {
  std::string file;
  Place place{};
  std::string from;
  std::string to;      // document, key and value
  bool stays = false;  // it did not move, and `to` says why
};

std::string ToString(const Move& move);

struct MigratedConfig {
  Config config;
  std::vector<Move> moves{};
};

struct MigrateOptions {
  // Kinds that whoever reads the result does not know: their fields stay where they are.
  std::vector<std::string> unknown_kinds{};
};

// The config with everything in the current form that a document says today, comments of what does
// not move kept. InvalidArgument, one line each, for what has no equivalent.
absl::StatusOr<MigratedConfig> Migrate(const Config& config, const MigrateOptions& options = {});

struct MigratedPatch {
  Patch patch;
  std::vector<Move> moves{};
};

// The patch as it has to be for `base`: fields move where `base` says the same in a document of the
// current form, or is of that form altogether (it has a KubeletConfig); others stay. A JSON patch
// of a config of several documents becomes a piece of config. Errors as above, and for operations
// that cannot be told so.
absl::StatusOr<MigratedPatch> MigratePatch(const Patch& patch, const Config& base);

// What `MigratePatch` would move, as findings: for those who want to be told, not helped.
Findings OldFields(const Patch& patch, const Config& base);

}  // namespace ichor::config
