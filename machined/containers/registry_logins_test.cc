#include "machined/containers/registry_logins.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {

TEST_CASE("registry logins: each form of the config, by the host that is connected to") {
  const RegistryLogins logins = LoginsOf(AllOf<cri::RegistryConfig>(
      {{"registries",
        Text("registry_auths { key: 'docker.io' value { registry_username: 'u' "
             "registry_password: 'p' } } "
             "registry_auths { key: 'r.io:5000' value { registry_auth: 'bmFtZTpwYTpzcw==' } } "
             "registry_auths { key: 't.io' value { registry_identity_token: 't' } } "
             "registry_auths { key: 'bad.io' value { registry_auth: '%' } } "
             "registry_auths { key: 'none.io' value { } }")}}));
  CHECK(logins ==
        RegistryLogins{
            {"r.io:5000", {.username = "name", .password = "pa:ss", .identity_token = ""}},
            {"registry-1.docker.io", {.username = "u", .password = "p", .identity_token = ""}},
            {"t.io", {.username = "", .password = "", .identity_token = "t"}}});
  CHECK(LoginsOf(AllOf<cri::RegistryConfig>({})).empty());
}

}  // namespace ichor
