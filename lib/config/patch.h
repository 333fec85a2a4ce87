// Patches: changes to a config, as a piece of one (strategic merge) or as JSON patch (RFC 6902).
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/config/json_patch.h"
#include "lib/config/strategic_patch.h"

namespace ichor::config {

// A patch as it was read. Copies share their source.
using Patch = std::variant<StrategicPatch, JsonPatch>;

// Reads a patch: documents of a config, in which `$patch: delete` may stand, or a list of JSON
// patch operations in YAML or JSON. `file` is how errors call it: "@patches/b.yaml" as the person
// wrote it, without the @. InvalidArgument with everything that is wrong, one a line.
absl::StatusOr<Patch> ParsePatch(std::string file, std::string text);

// Applies patches in order. Comments, order and style of what they do not touch stay. The result
// was loaded anew, so it is as strictly read as any config. InvalidArgument if a patch does not
// fit: a path that is not there, a JSON patch on several documents.
absl::StatusOr<Config> ApplyPatches(const Config& config, std::span<const Patch> patches);

}  // namespace ichor::config
