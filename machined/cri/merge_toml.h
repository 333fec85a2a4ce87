// One TOML document of several.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor {

struct TomlPart {
  std::string origin;  // how errors and the merged text name it
  std::string text;
};

// OK if a part can be read. InvalidArgument says where it cannot: "20-a.part:3: …".
absl::Status CheckToml(const TomlPart& part);

// The parts as one document: of a value that several state the last counts; tables are merged key
// by key, and to a list what a later one has besides is added. Before it a line for each part with
// its SHA-256: "## ORIGIN (sha256:HEX)". InvalidArgument as CheckToml.
absl::StatusOr<std::string> MergeToml(std::span<const TomlPart> parts);

}  // namespace ichor
