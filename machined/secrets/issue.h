// Certificates that this machine gives out to its own components, and keeps while they fit.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/common.pb.h"
#include "lib/base/clock.h"
#include "lib/pki/identity.h"

namespace ichor {

// What a certificate shall say, but for its time.
struct CertificateWish {
  common::PEMEncodedCertificateAndKey ca;  // that signs
  std::string common_name;
  std::string organization;  // none if empty
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;  // 4 or 16 bytes each
  bool for_servers = false;
  bool for_clients = false;
  std::chrono::seconds lifetime{};
};

bool operator==(const CertificateWish& a, const CertificateWish& b);

// Remembers for what it issued each certificate.
class Issuer {
 public:
  // `before` if it fits: signed by the CA, with what is wished in it, half of its time not over.
  // Else a new certificate with a new key. One of an earlier process may have more names than
  // wished: it knew addresses that this one has not heard of yet. `id` tells certificates apart.
  // InvalidArgument for a CA that cannot be read, and for names that cannot stand in one.
  absl::StatusOr<common::PEMEncodedCertificateAndKey> Issue(
      const std::string& id, const CertificateWish& wish,
      const common::PEMEncodedCertificateAndKey& before, base::WallTime now);

 private:
  std::map<std::string, CertificateWish> issued_;  // by this process
};

// A new certificate with a new key, as wished, valid from `now`.
absl::StatusOr<pki::Identity> IssueAnew(const CertificateWish& wish, base::WallTime now);

}  // namespace ichor
