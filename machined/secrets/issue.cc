#include "machined/secrets/issue.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "lib/base/status.h"
#include "lib/pki/names.h"
#include "machined/secrets/api_certificates.h"

namespace ichor {
namespace {

bool HasAllNames(const pki::Certificate& certificate, const CertificateWish& wish) {
  secrets::CertSAN::Spec names;
  names.mutable_dns_names()->Assign(wish.dns_names.begin(), wish.dns_names.end());
  for (const std::string& ip : wish.ips) {
    names.add_ips()->set_ip(ip);
  }
  return HasNames(certificate, names);
}

bool HasSubject(const pki::Certificate& certificate, const CertificateWish& wish) {
  std::vector<std::string> organizations;
  if (!wish.organization.empty()) {
    organizations.push_back(wish.organization);
  }
  return certificate.Organizations() == organizations &&
         pki::CommonNameOf(X509_get_subject_name(certificate.get())) == wish.common_name;
}

bool HalfIsOver(const pki::Certificate& certificate, base::WallTime now) {
  const auto half = (certificate.NotAfter() - certificate.NotBefore()) / 2;
  return now < certificate.NotBefore() || now >= certificate.NotBefore() + half;
}

bool Fits(const pki::Certificate& certificate, const pki::Certificate& ca,
          const CertificateWish& wish, base::WallTime now) {
  return X509_verify(certificate.get(), X509_get0_pubkey(ca.get())) == 1 &&
         HasSubject(certificate, wish) && HasAllNames(certificate, wish) &&
         !HalfIsOver(certificate, now);
}

}  // namespace

bool operator==(const CertificateWish& a, const CertificateWish& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a.ca, b.ca) &&
         a.common_name == b.common_name && a.organization == b.organization &&
         a.dns_names == b.dns_names && a.ips == b.ips && a.for_servers == b.for_servers &&
         a.for_clients == b.for_clients && a.lifetime == b.lifetime;
}

absl::StatusOr<pki::Identity> IssueAnew(const CertificateWish& wish, base::WallTime now) {
  ASSIGN_OR_RETURN(const pki::Identity ca, FromPem(wish.ca));
  ASSIGN_OR_RETURN(pki::Key key, pki::Key::Generate(ca.key.TypeOfLeaves()));
  pki::Statement statement{.common_name = wish.common_name,
                           .dns_names = wish.dns_names,
                           .ips = wish.ips,
                           .for_servers = wish.for_servers,
                           .for_clients = wish.for_clients,
                           .key_encipherment = true,
                           .not_before = now,
                           .lifetime = wish.lifetime};
  if (!wish.organization.empty()) {
    statement.organizations = {wish.organization};
  }
  ASSIGN_OR_RETURN(pki::Certificate certificate, pki::Sign(statement, key, ca.certificate, ca.key));
  return pki::Identity{.certificate = std::move(certificate), .key = std::move(key)};
}

absl::StatusOr<common::PEMEncodedCertificateAndKey> Issuer::Issue(
    const std::string& id, const CertificateWish& wish,
    const common::PEMEncodedCertificateAndKey& before, base::WallTime now) {
  ASSIGN_OR_RETURN(const pki::Certificate ca, pki::Certificate::FromPem(wish.ca.crt()));
  const auto issued = issued_.find(id);
  const bool same = issued == issued_.end() || issued->second == wish;
  if (const auto identity = FromPem(before);
      same && identity.ok() && Fits(identity->certificate, ca, wish, now)) {
    return ToPem(*identity);
  }
  ASSIGN_OR_RETURN(const pki::Identity made, IssueAnew(wish, now));
  issued_.insert_or_assign(id, wish);
  return ToPem(made);
}

}  // namespace ichor
