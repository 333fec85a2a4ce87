// The service `trustd`.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Whether a machine gives out certificates: it has the key of the OS CA, and a token by which it
// knows who may ask.
bool GivesCertificates(const secrets::OSRootSecret::Spec& root);

// trustd on such a machine, until it goes down; it waits for its certificate. While the config is
// not known, one that runs is left as it is.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineTrustd(
    const All<boot::PowerRequest>& power, const All<boot::NodeStage>& stages,
    const All<secrets::OSRootSecret>& roots, const All<secrets::TrustdCertificate>& certificates);

}  // namespace ichor
