#include <filesystem>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichorctl/cli/parse.h"
#include "ichorctl/files/test_session.h"
#include "ichorctl/gen/gen_command.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/cluster/secrets.h"
#include "lib/pki/cluster/secrets_validation.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

namespace {

absl::Status Run(TestSession& session, std::vector<std::string> words) {
  const Command root{.name = "ichorctl", .summary = "", .commands = {GenCommand()}};
  Invocation invocation;
  words.insert(words.begin(), "gen");
  if (absl::Status status = Parse(root, words, invocation); !status.ok()) {
    return status;
  }
  return invocation.command().run(*session, invocation.arguments);
}

// The command writes into the current directory.
class InDirectory {
 public:
  explicit InDirectory(const std::string& path) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~InDirectory() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

}  // namespace

TEST_CASE("gen: secrets are complete, for their owner alone, and never replaced by mistake") {
  TestSession session;
  const std::string path = session.PathOf("secrets.yaml");
  REQUIRE_THAT(Run(session, {"secrets", "-o", path, "--talos-version", "v1.6"}), IsOk());
  CHECK(session.ModeOf("secrets.yaml") == 0600);
  CHECK(session.err() == "wrote " + path + "\n");
  const std::string first = session.Read("secrets.yaml");
  CHECK(pki::ProblemsOf(*pki::ClusterSecretsFromYaml(first)).empty());
  CHECK_THAT(
      Run(session, {"secrets", "-o", path}),
      StatusIs(absl::StatusCode::kAlreadyExists, path + " exists already; --force replaces it"));
  CHECK(session.Read("secrets.yaml") == first);
  REQUIRE_THAT(Run(session, {"secrets", "--force", "-o", path, "--talos-version", "v1.6"}), IsOk());
  CHECK(session.Read("secrets.yaml") != first);
}

TEST_CASE("gen: secrets may go to standard output, and nothing else then") {
  TestSession session;
  REQUIRE_THAT(Run(session, {"secrets", "--output", "-", "--talos-version", "v1.2"}), IsOk());
  CHECK(session.out().starts_with("cluster:\n    id: "));
  CHECK(session.out().contains("aescbcencryptionsecret: "));
  CHECK(session.err().empty());
}

TEST_CASE("gen: secrets take over what a cluster of kubeadm has") {
  TestSession session;
  const InDirectory directory(session.PathOf(""));
  const base::WallTime now = session.clock().Now();
  const pki::Identity ca = *pki::NewAuthority(pki::KubernetesAuthority(), now);
  for (const char* const name : {"ca", "etcd/ca", "front-proxy-ca"}) {
    session.Write("pki/" + std::string(name) + ".crt", ca.certificate.ToPem());
    session.Write("pki/" + std::string(name) + ".key", ca.key.ToPem());
  }
  const std::vector<std::string> words = {
      "secrets", "-p", "pki", "-t", "abcdef.0123456789abcdef", "--talos-version", "v1.6"};
  CHECK_THAT(Run(session, words),
             StatusIs(absl::StatusCode::kNotFound, "pki/sa.key: there is no such file"));
  session.Write("pki/sa.key", ca.key.ToPem());
  REQUIRE_THAT(Run(session, words), IsOk());
  const pki::ClusterSecrets secrets = *pki::ClusterSecretsFromYaml(session.Read("secrets.yaml"));
  CHECK(secrets.kubernetes.certificate == ca.certificate.ToPem());
  CHECK(secrets.bootstrap_token.text() == "abcdef.0123456789abcdef");
  CHECK_FALSE(secrets.os.certificate == secrets.etcd.certificate);
}

TEST_CASE("gen: a CA signs the request of a key") {
  TestSession session;
  const InDirectory directory(session.PathOf(""));
  REQUIRE_THAT(Run(session, {"ca", "--organization", "root", "--hours", "48"}), IsOk());
  REQUIRE_THAT(Run(session, {"key", "--name", "admin"}), IsOk());
  REQUIRE_THAT(Run(session, {"csr", "--key", "admin.key", "--ip", "10.0.0.1", "--roles",
                             "os:reader,os:admin"}),
               IsOk());
  REQUIRE_THAT(Run(session, {"crt", "--ca", "root", "--csr", "admin.csr", "--name", "admin"}),
               IsOk());
  const pki::Identity ca =
      *pki::IdentityFromPem(session.Read("root.crt"), session.Read("root.key"));
  const pki::Identity admin =
      *pki::IdentityFromPem(session.Read("admin.crt"), session.Read("admin.key"));
  CHECK(X509_verify(admin.certificate.get(), ca.key.get()) == 1);
  CHECK(admin.certificate.Organizations() == std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(admin.certificate.IsForClientsOnly());
  CHECK(admin.certificate.NotAfter() == session.clock().Now() + std::chrono::hours(24));
  CHECK(ca.certificate.NotAfter() == session.clock().Now() + std::chrono::hours(48));
  CHECK(session.Read("root.sha256") == ca.certificate.PublicKeyDigest());
  CHECK(session.ModeOf("admin.key") == 0600);
}

TEST_CASE("gen: a key pair has its address") {
  TestSession session;
  const InDirectory directory(session.PathOf(""));
  REQUIRE_THAT(Run(session, {"keypair", "--organization", "node", "--ip", "fd00::1"}), IsOk());
  const pki::Identity pair =
      *pki::IdentityFromPem(session.Read("node.crt"), session.Read("node.key"));
  CHECK(X509_check_ip_asc(pair.certificate.get(), "fd00::1", 0) == 1);
}

TEST_CASE("gen: keys for Secure Boot go into a directory") {
  TestSession session;
  const std::string out = session.PathOf("keys");
  REQUIRE_THAT(Run(session, {"secureboot", "uki", "-o", out, "--common-name", "mine"}), IsOk());
  REQUIRE_THAT(Run(session, {"secureboot", "pcr", "-o", out}), IsOk());
  const pki::Identity uki = *pki::IdentityFromPem(session.Read("keys/uki-signing-cert.pem"),
                                                  session.Read("keys/uki-signing-key.pem"));
  CHECK(EVP_PKEY_get_bits(uki.key.get()) == 2048);
  CHECK(session.Read("keys/uki-signing-cert.der") == uki.certificate.ToDer());
  CHECK_THAT(pki::Key::FromPem(session.Read("keys/pcr-signing-key.pem")), IsOk());
}

TEST_CASE("gen: what firmware enrols is signed with the key for images") {
  TestSession session;
  const std::string out = session.PathOf("keys");
  const std::string certificate = session.PathOf("keys/uki-signing-cert.pem");
  const std::string key = session.PathOf("keys/uki-signing-key.pem");
  REQUIRE_THAT(Run(session, {"secureboot", "uki", "-o", out}), IsOk());
  REQUIRE_THAT(
      Run(session, {"secureboot", "database", "-o", out, "--enrolled-certificate", certificate,
                    "--signing-certificate", certificate, "--signing-key", key}),
      IsOk());
  const std::string der = session.Read("keys/uki-signing-cert.der");
  for (const char* const name : {"db", "KEK", "PK"}) {
    CHECK(session.Read(std::string("keys/") + name + ".auth").ends_with(der));
  }
  CHECK_THAT(
      Run(session, {"secureboot", "database", "-o", out, "--enrolled-certificate", certificate,
                    "--signing-certificate", certificate, "--signing-key", certificate}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               certificate + ", " + certificate + ": read a private key: no start line"));
  CHECK_THAT(
      Run(session, {"secureboot", "database", "--signing-key", key}),
      StatusIs(absl::StatusCode::kNotFound, "_out/uki-signing-cert.pem: there is no such file"));
}

TEST_CASE("gen: mistakes are told before anything is written") {
  struct Mistake {
    std::vector<std::string> words;
    std::string message;
  };
  const auto mistake = GENERATE(
      Mistake{.words = {"ca"},
              .message = "--organization is missing: the CA's name, and that of its files"},
      Mistake{.words = {"ca", "--organization", "x", "--hours", "0"},
              .message = "--hours: 0 is not positive"},
      Mistake{.words = {"key"}, .message = "--name is missing: the file is called NAME.key"},
      Mistake{.words = {"csr"},
              .message = "--key is missing: the file of the key that the certificate shall be for"},
      Mistake{.words = {"keypair", "--organization", "x", "--ip", "y"},
              .message = "\"y\" is no IP address, such as 10.0.0.1 or fd00::1"},
      Mistake{.words = {"secrets", "--talos-version", "new"},
              .message = "\"new\" is no version, such as v1.14 or v1.13.2"});
  TestSession session;
  const InDirectory directory(session.PathOf(""));
  CHECK_THAT(Run(session, mistake.words),
             StatusIs(absl::StatusCode::kInvalidArgument, mistake.message));
  CHECK(std::filesystem::is_empty("."));
}

}  // namespace ichor::ctl
