#include "machined/secrets/kubeconfig.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor {

TEST_CASE("kubeconfig: one cluster, one user, one context, in the layout that clients know") {
  common::PEMEncodedCertificateAndKey client;
  client.set_crt("crt");
  client.set_key("key");
  const std::string text = RenderKubeconfig({.cluster = "home",
                                             .endpoint = "https://10.0.0.1:6443",
                                             .ca_pem = "ca",
                                             .user = "admin",
                                             .context = "admin"},
                                            client);
  CHECK(text ==
        "apiVersion: v1\n"
        "clusters:\n"
        "    - cluster:\n"
        "        certificate-authority-data: Y2E=\n"
        "        server: https://10.0.0.1:6443\n"
        "      name: home\n"
        "contexts:\n"
        "    - context:\n"
        "        cluster: home\n"
        "        namespace: default\n"
        "        user: admin@home\n"
        "      name: admin@home\n"
        "current-context: admin@home\n"
        "kind: Config\n"
        "users:\n"
        "    - name: admin@home\n"
        "      user:\n"
        "        client-certificate-data: Y3J0\n"
        "        client-key-data: a2V5\n");
  const auto read = ClientOfKubeconfig(text);
  CHECK(read.crt() == "crt");
  CHECK(read.key() == "key");
  CHECK(ClientOfKubeconfig("").crt().empty());
  CHECK(ClientOfKubeconfig("users: 1").crt().empty());
}

}  // namespace ichor
