// containerd's configuration as files of /etc.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/cri/cri.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Files by their ids. containerd reads these two at its start only.
inline constexpr const char* kCriToml = "cri/conf.d/cri.toml";
inline constexpr const char* kBaseSpecFile = "cri/conf.d/base-spec.json";

using CriFiles = std::tuple<Desired<files::EtcFileSpec>, Desired<runtime::Diagnostic>>;

// cri.toml, merged of our own part, the registries' credentials and the config's parts, in the
// order of their file names; base-spec.json; hosts.toml files and what they name. A part that
// cannot be read is left out, and a diagnostic names it. Nothing without the row `registries`.
absl::StatusOr<CriFiles> RenderCri(const All<cri::RegistryConfig>& registries,
                                   const All<cri::CustomizationConfig>& customizations,
                                   const All<cri::BaseRuntimeSpecConfig>& base_specs);

}  // namespace ichor
