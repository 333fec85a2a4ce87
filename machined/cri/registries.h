// What the config says of registries, of containerd and of the containers that it starts.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cri/cri.resources.h"

namespace ichor {

// Row `registries`: mirrors, credentials and TLS of RegistryMirrorConfig, RegistryAuthConfig and
// RegistryTLSConfig; of machine.registries what no document says of the same host. Never fails.
absl::StatusOr<Desired<cri::RegistryConfig>> ListRegistries(
    const All<config::MachineConfig>& configs);

// A row for each CRICustomizationConfig, by its name; `customization` is the one of machine.files
// that is for containerd. Never fails.
absl::StatusOr<Desired<cri::CustomizationConfig>> ListCustomizations(
    const All<config::MachineConfig>& configs);

// Row `default`: what every container's OCI spec begins with. Row `overrides`: what the config
// changes of it; CRIBaseRuntimeSpecConfig before machine.baseRuntimeSpecOverrides. Never fails.
absl::StatusOr<Desired<cri::BaseRuntimeSpecConfig>> ListBaseSpecs(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
