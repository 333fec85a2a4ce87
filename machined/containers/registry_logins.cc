#include "machined/containers/registry_logins.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "machined/cri/hosts_toml.h"

namespace ichor {
namespace {

template <class Auth>
std::optional<RegistryLogin> LoginOf(const Auth& auth) {
  if (!auth.registry_identity_token().empty()) {
    return RegistryLogin{.username = auth.registry_username(),
                         .password = "",
                         .identity_token = auth.registry_identity_token()};
  }
  if (!auth.registry_username().empty()) {
    return RegistryLogin{.username = auth.registry_username(),
                         .password = auth.registry_password(),
                         .identity_token = ""};
  }
  std::string both;
  if (!absl::Base64Unescape(auth.registry_auth(), &both)) {
    return std::nullopt;
  }
  const size_t colon = both.find(':');
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return RegistryLogin{
      .username = both.substr(0, colon), .password = both.substr(colon + 1), .identity_token = ""};
}

}  // namespace

RegistryLogins LoginsOf(const All<cri::RegistryConfig>& registries) {
  RegistryLogins logins;
  for (const auto& row : registries) {
    for (const auto& [host, auth] : row.spec().registry_auths()) {
      if (std::optional<RegistryLogin> login = LoginOf(auth); login.has_value()) {
        logins[RegistryHost(host)] = *std::move(login);
      }
    }
  }
  return logins;
}

}  // namespace ichor
