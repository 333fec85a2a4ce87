#include "lib/config/validate/certificate.h"

#include <chrono>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/validate/complaint.h"
#include "lib/config/yaml.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"

namespace ichor::config {
namespace {

struct Pair {
  std::string cert;
  std::string key;
};

Pair MakePair() {
  const auto key = pki::Key::GenerateEd25519();
  REQUIRE_THAT(key.status(), base::IsOk());
  const auto certificate =
      pki::SelfSign({.organizations = {"a"}, .ca = true, .lifetime = std::chrono::hours(1)}, *key);
  REQUIRE_THAT(certificate.status(), base::IsOk());
  return {.cert = certificate->ToPem(), .key = key->ToPem()};
}

// As the text of a key in a YAML mapping: in double quotes.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '\n' ? "\\n" : std::string(1, c);
  }
  return quoted + "\"";
}

std::string Authority(const std::string& cert, const std::string& key) {
  return Complaint(DocumentText("KubeAPIServerCAConfig", Cat("issuingCA:\n  cert: ", Quoted(cert),
                                                             "\n  key: ", Quoted(key))));
}

TEST_CASE("validate: a certificate and its key belong together") {
  const Pair pair = MakePair();
  const Pair other = MakePair();
  CHECK(Authority(pair.cert, pair.key).empty());
  CHECK(Authority(pair.cert, other.key) ==
        "5:8: KubeAPIServerCAConfig: issuingCA.key: the key is another one than the certificate's");
  CHECK(Authority(pair.key, pair.cert) ==
        "4:9: KubeAPIServerCAConfig: issuingCA.cert: no certificate in PEM\n"
        "5:8: KubeAPIServerCAConfig: issuingCA.key: no private key in PEM");
  const std::string torn = pair.cert.substr(0, 60) + "\n-----END CERTIFICATE-----\n";
  CHECK(Authority(torn, pair.key) ==
        "4:9: KubeAPIServerCAConfig: issuingCA.cert: no certificate in PEM");
}

TEST_CASE("validate: each of several certificates is read") {
  const Pair pair = MakePair();
  const auto roots = [](const std::string& text) {
    return Complaint(
        DocumentText("TrustedRootsConfig", Cat("name: a\ncertificates: ", Quoted(text))));
  };
  CHECK(roots(pair.cert + MakePair().cert).empty());
  CHECK(roots(pair.cert + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") ==
        "4:15: TrustedRootsConfig a: certificates: no certificate in PEM");
}

TEST_CASE("validate: service accounts are signed with a key that can be read") {
  const auto complaint = [](const std::string& key) {
    return Complaint(
        ControlPlane("") + "---\n" +
        DocumentText("KubeServiceAccountConfig",
                     Cat("issuer:\n  issuerURL: https://a\n  privateKey: ", Quoted(key))));
  };
  CHECK(complaint(MakePair().key).empty());
  CHECK(complaint(MakePair().cert) ==
        "11:15: KubeServiceAccountConfig: issuer.privateKey: no private key in PEM");
}

}  // namespace
}  // namespace ichor::config
