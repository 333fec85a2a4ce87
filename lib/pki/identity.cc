#include "lib/pki/identity.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/status.h"

namespace ichor::pki {

absl::StatusOr<Identity> IdentityFromPem(std::string_view certificate_pem,
                                         std::string_view key_pem) {
  ASSIGN_OR_RETURN(Certificate certificate, Certificate::FromPem(certificate_pem));
  ASSIGN_OR_RETURN(Key key, Key::FromPem(key_pem));
  if (!certificate.IsOf(key)) {
    return absl::InvalidArgumentError("the key is not the certificate's");
  }
  return Identity{.certificate = std::move(certificate), .key = std::move(key)};
}

Authority OsAuthority() {
  return {.organization = "talos", .key_type = KeyType::kEd25519};
}

Authority EtcdAuthority() {
  return {.organization = "etcd"};
}

Authority KubernetesAuthority() {
  return {.organization = "kubernetes"};
}

Authority AggregatorAuthority() {
  return {.common_name = "front-proxy"};
}

absl::StatusOr<Identity> NewAuthority(const Authority& authority, base::WallTime now,
                                      std::chrono::seconds lifetime) {
  Statement statement{.common_name = authority.common_name,
                      .ca = true,
                      .for_servers = true,
                      .for_clients = true,
                      .not_before = now,
                      .lifetime = lifetime};
  if (!authority.organization.empty()) {
    statement.organizations.push_back(authority.organization);
  }
  ASSIGN_OR_RETURN(Key key, Key::Generate(authority.key_type));
  ASSIGN_OR_RETURN(Certificate certificate, SelfSign(statement, key));
  return Identity{.certificate = std::move(certificate), .key = std::move(key)};
}

absl::StatusOr<Identity> NewClient(const Identity& ca, std::vector<std::string> roles,
                                   base::WallTime now, std::chrono::seconds lifetime) {
  if (roles.empty()) {
    return absl::InvalidArgumentError("a client needs a role, such as os:admin");
  }
  std::ranges::sort(roles);
  ASSIGN_OR_RETURN(Key key, Key::Generate(ca.key.TypeOfLeaves()));
  ASSIGN_OR_RETURN(Certificate certificate, Sign({.organizations = std::move(roles),
                                                  .for_clients = true,
                                                  .not_before = now,
                                                  .lifetime = lifetime},
                                                 key, ca.certificate, ca.key));
  return Identity{.certificate = std::move(certificate), .key = std::move(key)};
}

}  // namespace ichor::pki
