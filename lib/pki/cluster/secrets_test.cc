#include "lib/pki/cluster/secrets.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/cluster/secrets_validation.h"

namespace ichor::pki {

using base::IsOk;
using base::StatusIs;

namespace {

// Without the RSA key, which takes long to make.
ClusterSecrets QuickSecrets() {
  return *NewClusterSecrets(base::FakeClock().Now(), {.minor = 6});
}

}  // namespace

TEST_CASE("secrets: new ones are complete, and come back from their file") {
  const ClusterSecrets secrets = QuickSecrets();
  CHECK(ProblemsOf(secrets).empty());
  const Secret yaml = ToYaml(secrets);
  const absl::StatusOr<ClusterSecrets> again = ClusterSecretsFromYaml(yaml.text());
  REQUIRE_THAT(again, IsOk());
  CHECK(again->cluster_id == secrets.cluster_id);
  CHECK(again->secretbox_key == secrets.secretbox_key);
  CHECK(again->os.certificate == secrets.os.certificate);
  CHECK(again->service_account_key == secrets.service_account_key);
  CHECK(ToYaml(*again) == yaml);
}

TEST_CASE("secrets: the file has the keys that clients know, in their order") {
  ClusterSecrets secrets{.cluster_id = "id"};
  secrets.secretbox_key = Secret("box");
  secrets.etcd.certificate = "pem";
  CHECK(ToYaml(secrets).text() ==
        "cluster:\n    id: id\n    secret: \"\"\n"
        "secrets:\n    bootstraptoken: \"\"\n    secretboxencryptionsecret: box\n"
        "trustdinfo:\n    token: \"\"\n"
        "certs:\n"
        "    etcd:\n        crt: cGVt\n        key: \"\"\n"
        "    k8s:\n        crt: \"\"\n        key: \"\"\n"
        "    k8saggregator:\n        crt: \"\"\n        key: \"\"\n"
        "    k8sserviceaccount:\n        key: \"\"\n"
        "    os:\n        crt: \"\"\n        key: \"\"\n");
}

TEST_CASE("secrets: an old version has AES-CBC and an ECDSA account key") {
  const ClusterSecrets secrets = *NewClusterSecrets(base::FakeClock().Now(), {.minor = 2});
  CHECK(secrets.secretbox_key.empty());
  CHECK_FALSE(secrets.aescbc_key.empty());
  CHECK(secrets.service_account_key.text().starts_with("-----BEGIN EC PRIVATE KEY-----"));
  CHECK(ProblemsOf(secrets).empty());
}

TEST_CASE("secrets: all that is missing is told at once") {
  const std::vector<std::string> problems = ProblemsOf({});
  CHECK(problems ==
        std::vector<std::string>{"cluster.id is missing", "cluster.secret is missing",
                                 "secrets.bootstraptoken is missing",
                                 "secrets.secretboxencryptionsecret is missing",
                                 "trustdinfo.token is missing", "certs.etcd.crt is missing",
                                 "certs.k8s.crt is missing", "certs.k8saggregator.crt is missing",
                                 "certs.k8sserviceaccount.key: read a private key: no start line",
                                 "certs.os.crt is missing"});
}

TEST_CASE("secrets: what does not fit together is told") {
  ClusterSecrets secrets = QuickSecrets();
  secrets.aescbc_key = secrets.secretbox_key;
  secrets.etcd.key = secrets.kubernetes.key;
  secrets.bootstrap_token = Secret("short");
  CHECK(ProblemsOf(secrets) ==
        std::vector<std::string>{
            "secrets.bootstraptoken: expected 6 characters, a dot, 16 characters of 0-9 and a-z",
            "both secrets.secretboxencryptionsecret and secrets.aescbcencryptionsecret are there: "
            "expected one",
            "certs.etcd: the key is not the certificate's"});
}

TEST_CASE("secrets: a broken file is refused without showing what is in it") {
  CHECK_THAT(ClusterSecretsFromYaml("certs:\n  os:\n    key: '!!'\n"),
             StatusIs(absl::StatusCode::kInvalidArgument, "3:10: certs.os.key: expected base64"));
  CHECK_THAT(ClusterSecretsFromYaml("cluster:\n  id: [x]\n"),
             StatusIs(absl::StatusCode::kInvalidArgument, "2:7: cluster.id: expected text"));
  CHECK_THAT(ClusterSecretsFromYaml("x"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:1: expected the keys cluster, secrets, trustdinfo and certs"));
  CHECK_THAT(ClusterSecretsFromYaml("newer: 1\n"), IsOk());
}

}  // namespace ichor::pki
