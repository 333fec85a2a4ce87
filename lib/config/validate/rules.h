// The rules, by area. Each looks at one document and reports through its checker.
#pragma once

#include "lib/config/config.h"
#include "lib/config/document.h"
#include "lib/config/validate/checker.h"
#include "lib/config/validate/validate.h"

namespace ichor::config {

// The legacy document.
void CheckLegacyMachine(Checker& checker);
void CheckLegacyNetwork(Checker& checker);
void CheckLegacyCluster(Checker& checker);

// Documents of these areas; others are let through.
void CheckKubernetes(Checker& checker);
void CheckVolumes(Checker& checker);
void CheckNetworkDocument(Checker& checker);
void CheckLinkDocument(Checker& checker);
void CheckSystemDocument(Checker& checker);
void CheckStorageDocument(Checker& checker);
void CheckContainer(Checker& checker);

// What one document says of the others: fields that two of them state, documents that need another.
void CheckWhole(const Config& config, const ValidateOptions& options, Findings& findings);

// Whether the machine is a control plane: `controlplane` or `init`.
bool IsControlPlane(const Config& config);
bool IsControlPlaneType(std::string_view machine_type);

}  // namespace ichor::config
