// Certificates with their keys: the CAs of a cluster, and who they let in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"

namespace ichor::pki {

// A certificate with its private key.
struct Identity {
  Certificate certificate;
  Key key;
};

// InvalidArgument if one is not PEM, or the key is not the certificate's.
absl::StatusOr<Identity> IdentityFromPem(std::string_view certificate_pem,
                                         std::string_view key_pem);

// What sets one CA of a cluster apart from the others.
struct Authority {
  std::string organization;  // none if empty
  std::string common_name;   // none if empty
  KeyType key_type = KeyType::kEcdsaP256;
};

// The CA of the API (O=talos, Ed25519), of etcd, of Kubernetes, and of its aggregation layer. The
// names are those that clients of the API know.
Authority OsAuthority();
Authority EtcdAuthority();
Authority KubernetesAuthority();
Authority AggregatorAuthority();

inline constexpr std::chrono::hours kAuthorityLifetime{87600};  // ten years of 365 days

// A new CA, which is also for servers and clients, valid for `lifetime` from `now`.
absl::StatusOr<Identity> NewAuthority(const Authority& authority, base::WallTime now,
                                      std::chrono::seconds lifetime = kAuthorityLifetime);

inline constexpr std::chrono::hours kClientLifetime{8760};
inline constexpr std::string_view kAdminRole = "os:admin";

// A client of the API with a new key like the CA's: its roles are its organizations, sorted.
// InvalidArgument without a role.
absl::StatusOr<Identity> NewClient(const Identity& ca, std::vector<std::string> roles,
                                   base::WallTime now,
                                   std::chrono::seconds lifetime = kClientLifetime);

}  // namespace ichor::pki
