#include "trustd/certify.h"

#include <openssl/x509v3.h>

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/pki/request.h"

namespace ichor::trustd {
namespace {

using base::IsOk;
using base::StatusIs;

const base::WallTime kNow{std::chrono::seconds(1'800'000'000)};

secrets::OSRootSecret::Spec Root(const pki::Identity& ca) {
  secrets::OSRootSecret::Spec root;
  root.mutable_issuing_ca()->set_crt(ca.certificate.ToPem());
  root.mutable_issuing_ca()->set_key(ca.key.ToPem());
  root.add_accepted_cas()->set_crt("new\n");
  root.add_accepted_cas()->set_crt("old\n");
  root.set_token("abcdef.0123456789abcdef");
  return root;
}

}  // namespace

TEST_CASE("trustd: only the machine token lets in, and no token lets nobody in") {
  secrets::OSRootSecret::Spec root;
  root.set_token("abcdef.0123456789abcdef");
  CHECK_THAT(CheckToken("abcdef.0123456789abcdef", root), IsOk());
  for (const char* const token : {"", "abcdef.0123456789abcdeg", "abcdef.0123456789abcdef "}) {
    CHECK_THAT(CheckToken(token, root),
               StatusIs(absl::StatusCode::kUnauthenticated, "the token is not this cluster's"));
  }
  root.clear_token();
  CHECK_FALSE(CheckToken("", root).ok());
}

TEST_CASE("trustd: a worker gets a server's certificate with its names, and no role") {
  const pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), kNow);
  const pki::Key key = *pki::Key::GenerateEd25519();
  const pki::Request request = *pki::Request::Make({.common_name = "worker-1",
                                                    .organizations = {"os:admin"},
                                                    .dns_names = {"worker-1.example.org"},
                                                    .ips = {std::string("\x0a\0\0\x05", 4)}},
                                                   key);
  securityapi::CertificateRequest asked;
  asked.set_csr(request.ToPem());
  const auto response = Certify(asked, Root(ca), kNow);
  REQUIRE_THAT(response, IsOk());
  CHECK(response->ca() == "new\nold\n");
  const pki::Certificate given = *pki::Certificate::FromPem(response->crt());
  CHECK(given.IsOf(key));
  CHECK(given.Organizations().empty());
  CHECK(!given.IsCa());
  CHECK(X509_verify(given.get(), X509_get0_pubkey(ca.certificate.get())) == 1);
  CHECK(X509_check_host(given.get(), "worker-1.example.org", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(given.get(), "10.0.0.5", 0) == 1);
  CHECK(X509_get_extended_key_usage(given.get()) == XKU_SSL_SERVER);
  CHECK(X509_get_key_usage(given.get()) == KU_DIGITAL_SIGNATURE);
  CHECK(given.NotBefore() == kNow);
  CHECK(given.NotAfter() - given.NotBefore() == std::chrono::hours(24));
}

TEST_CASE("trustd: what is no request gets no certificate") {
  const pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), kNow);
  securityapi::CertificateRequest asked;
  asked.set_csr("hello");
  CHECK(Certify(asked, Root(ca), kNow).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::trustd
