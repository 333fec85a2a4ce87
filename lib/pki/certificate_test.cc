#include "lib/pki/certificate.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::pki {
namespace {

using base::IsOk;
using base::StatusIs;

const base::WallTime kNow = base::WallTime() + std::chrono::days(20'000);
const std::string kLoopback("\x7f\x00\x00\x01", 4);

struct Ca {
  Key key = *Key::GenerateEd25519();
  Certificate certificate = *SelfSign({.organizations = {"talos"},
                                       .ca = true,
                                       .for_servers = true,
                                       .for_clients = true,
                                       .not_before = kNow,
                                       .lifetime = std::chrono::hours(24)},
                                      key);
};

}  // namespace

TEST_CASE("certificate: a leaf is signed by its CA, and says what it shall") {
  const Ca ca;
  const Key key = *Key::GenerateEd25519();
  const absl::StatusOr<Certificate> leaf = Sign({.common_name = "node",
                                                 .organizations = {"os:admin", "os:reader"},
                                                 .dns_names = {"node.example"},
                                                 .ips = {kLoopback},
                                                 .for_clients = true,
                                                 .not_before = kNow,
                                                 .lifetime = std::chrono::hours(24)},
                                                key, ca.certificate, ca.key);
  REQUIRE_THAT(leaf, IsOk());
  CHECK(X509_verify(leaf->get(), ca.key.get()) == 1);
  CHECK(leaf->Organizations() == std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(leaf->NotBefore() == kNow);
  CHECK(leaf->NotAfter() == kNow + std::chrono::hours(24));
  CHECK(X509_check_ip_asc(leaf->get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_host(leaf->get(), "node.example", 0, 0, nullptr) == 1);
  CHECK_FALSE(leaf->IsCa());
  CHECK(leaf->IsForClientsOnly());
  CHECK(ca.certificate.IsCa());
  CHECK_FALSE(ca.certificate.IsForClientsOnly());
}

TEST_CASE("certificate: several come back from one PEM text") {
  const Ca first;
  const Ca second;
  const absl::StatusOr<std::vector<Certificate>> all =
      Certificate::AllFromPem(first.certificate.ToPem() + second.certificate.ToPem());
  REQUIRE_THAT(all, IsOk());
  REQUIRE(all->size() == 2);
  CHECK((*all)[1].Fingerprint() == second.certificate.Fingerprint());
  CHECK(first.certificate.Fingerprint().size() == 44);
  CHECK(first.certificate.Fingerprint() != second.certificate.Fingerprint());
}

TEST_CASE("certificate: text that holds none is refused") {
  CHECK_THAT(Certificate::FromPem("junk"),
             StatusIs(absl::StatusCode::kInvalidArgument, "read a certificate: no start line"));
  CHECK(Certificate::AllFromPem("").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("certificate: names and addresses that are none are refused") {
  const Key key = *Key::GenerateEd25519();
  CHECK_THAT(SelfSign({.dns_names = {"a b"}}, key),
             StatusIs(absl::StatusCode::kInvalidArgument, "certificate: \"a b\" is no DNS name"));
  CHECK_THAT(SelfSign({.ips = {"abc"}}, key),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "certificate: address of 3 bytes, expected 4 or 16"));
}

}  // namespace ichor::pki
