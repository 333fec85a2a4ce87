// The certificates of the API: what they say, and how they are made.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/pki/identity.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// The names under which clients reach the node: its addresses with the loopback ones, its names,
// and those of `root`, what the config adds. No hostname is an empty one.
secrets::CertSAN::Spec ApiNames(const network::NodeAddress::Spec& addresses,
                                const network::HostnameStatus::Spec& hostname,
                                const secrets::OSRootSecret::Spec& root);

// The common name of certificates in maintenance mode.
inline constexpr const char* kMaintenanceName = "maintenance-service.talos.dev";

// A new CA of a node that has none of its cluster, valid for 24 hours from `now`.
absl::StatusOr<pki::Identity> NewMaintenanceCa(base::WallTime now);

// A certificate for `key`, for a server with these names, valid for 24 hours from `now`.
// InvalidArgument if a name cannot stand in one.
absl::StatusOr<pki::Certificate> NewServerCertificate(const pki::Key& key, const pki::Identity& ca,
                                                      const secrets::CertSAN::Spec& names,
                                                      base::WallTime now);

// Whether a client that asks for any of `names` finds it in the certificate.
bool HasNames(const pki::Certificate& certificate, const secrets::CertSAN::Spec& names);

// What apid shows to other nodes when it passes calls on to them, valid for 24 hours from `now`.
absl::StatusOr<pki::Identity> NewForwarder(const pki::Identity& ca, base::WallTime now);

// An identity as it stands in a resource, and back. InvalidArgument if it is none.
common::PEMEncodedCertificateAndKey ToPem(const pki::Identity& identity);
absl::StatusOr<pki::Identity> FromPem(const common::PEMEncodedCertificateAndKey& pem);

// Whether a certificate should be made again: half of its time is over, or has not begun.
bool IsDue(const pki::Certificate& certificate, base::WallTime now);

}  // namespace ichor
