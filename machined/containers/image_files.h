// What the JSON files of an image say. See the OCI image specification: image-index.md,
// manifest.md, config.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

// The digest of the manifest for Linux on `architecture` ("amd64") that `index` names; empty if it
// is a manifest itself. NotFound if there is none; InvalidArgument for what is no such file.
absl::StatusOr<std::string> ManifestFor(std::string_view index, std::string_view architecture);

// The digest of the image's configuration. InvalidArgument for what is no manifest.
absl::StatusOr<std::string> ConfigOf(std::string_view manifest);

// The bytes of a manifest's configuration and layers together, as they are stored. InvalidArgument
// for what is no manifest.
absl::StatusOr<std::int64_t> SizeOf(std::string_view manifest);

// "registry/name@sha256:…" of "registry/name:tag", which may have a port and a digest.
std::string PinnedName(std::string_view name, std::string_view digest);

// What a container needs of an image's configuration.
struct ImageConfig {
  std::string chain_id;                  // names the unpacked layers among containerd's snapshots
  std::vector<std::string> environment;  // "PATH=/usr/bin"
};

// InvalidArgument for what is no configuration.
absl::StatusOr<ImageConfig> ReadImageConfig(std::string_view config);

}  // namespace ichor
