// Requests for certificates (PKCS#10). See RFC 2986.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"
#include "lib/pki/openssl.h"

namespace ichor::pki {

// Somebody's wish for a certificate, signed with the key that it is for. Copies share it.
class Request {
 public:
  // A wish for `common_name`, `organizations`, `dns_names` and `ips` of `statement`; the rest of it
  // is the CA's to decide. InvalidArgument as SelfSign.
  static absl::StatusOr<Request> Make(const Statement& statement, const Key& key);

  // InvalidArgument if `pem` is no request, or not signed with the key that it is for.
  static absl::StatusOr<Request> FromPem(std::string_view pem);

  std::string ToPem() const;

  // What it asks for; only the four fields of Make() are set. Names of other kinds than DNS names
  // and addresses are left out.
  Statement Asked() const;
  PublicKey SubjectKey() const;

 private:
  explicit Request(OpensslPtr<X509_REQ> request) : request_(std::move(request)) {}

  std::shared_ptr<X509_REQ> request_;
};

}  // namespace ichor::pki
