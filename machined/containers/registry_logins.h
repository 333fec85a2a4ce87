// Who this node is to the registries that it pulls from.
#pragma once

#include <map>
#include <string>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/cri/cri.resources.h"

namespace ichor {

// A name with a password, or a token that stands for both.
struct RegistryLogin {
  std::string username;
  std::string password;
  std::string identity_token;

  bool operator==(const RegistryLogin&) const = default;
};

// By the hosts that are connected to, with their port if they have one.
using RegistryLogins = std::map<std::string, RegistryLogin>;

// What the config says: names and passwords may stand for themselves, or together in the form of
// HTTP ("name:password" in base64). One that makes no sense is left out.
RegistryLogins LoginsOf(const All<cri::RegistryConfig>& registries);

}  // namespace ichor
