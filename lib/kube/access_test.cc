#include "lib/kube/access.h"

#include <map>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::kube {
namespace {

absl::StatusOr<std::string> NoFile(const std::string& path) {
  return absl::NotFoundError(path + ": no such file");
}

constexpr const char* kStart =
    "apiVersion: v1\nkind: Config\ncurrent-context: b@c\n"
    "contexts: [{name: a, context: {cluster: x, user: x}},"
    " {name: b@c, context: {cluster: c, user: u}}]\n"
    "clusters: [{name: c, cluster: {server: \"https://localhost:6443\","
    " certificate-authority-data: Y2E=}}]\n";

TEST_CASE("kube access: of the current context, from the file itself") {
  const auto access = AccessOfKubeconfig(
      std::string(kStart) +
          "users: [{name: u, user: {client-certificate-data: Y3J0, client-key-data: a2V5}}]\n",
      NoFile);
  REQUIRE_THAT(access, base::IsOk());
  CHECK(*access == Access{.server = "https://localhost:6443",
                          .ca_pem = "ca",
                          .certificate_pem = "crt",
                          .key_pem = "key"});
}

TEST_CASE("kube access: from the files that a kubelet's names") {
  const std::string text =
      std::string(kStart) +
      "users: [{name: u, user: {client-certificate: /pki/now.pem, client-key: /pki/now.pem}}]\n";
  const auto access =
      AccessOfKubeconfig(text, [](const std::string& path) { return "at " + path; });
  REQUIRE_THAT(access, base::IsOk());
  CHECK(access->certificate_pem == "at /pki/now.pem");
  CHECK_THAT(AccessOfKubeconfig(text, NoFile),
             base::StatusIs(absl::StatusCode::kNotFound, "/pki/now.pem: no such file"));
}

TEST_CASE("kube access: what is missing has a name, and no secret") {
  CHECK_THAT(AccessOfKubeconfig("[", NoFile),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "this is no kubeconfig"));
  CHECK_THAT(AccessOfKubeconfig("kind: Config\n", NoFile),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "kubeconfig: no server"));
  CHECK_THAT(
      AccessOfKubeconfig(std::string(kStart) + "users: [{name: u, user: {token: x}}]\n", NoFile),
      base::StatusIs(absl::StatusCode::kInvalidArgument, "kubeconfig: no client-certificate"));
}

}  // namespace
}  // namespace ichor::kube
