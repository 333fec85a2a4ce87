#include "machined/secrets/maintenance_certificates.h"

#include <chrono>
#include <set>

namespace ichor {
namespace {

constexpr std::chrono::hours kLifetime{24};
constexpr std::string_view kCommonName = "maintenance-service.talos.dev";

std::set<std::string> Loopback() {
  return {std::string("\x7f\0\0\x01", 4), std::string(15, '\0') + '\x01'};
}

}  // namespace

secrets::CertSAN::Spec MaintenanceNames(const network::NodeAddress::Spec& addresses,
                                        const network::HostnameStatus::Spec& hostname) {
  constexpr size_t kV4Bytes = 4;
  constexpr size_t kV6Bytes = 16;
  secrets::CertSAN::Spec names;
  std::set<std::string> ips = Loopback();
  for (const auto& prefix : addresses.addresses()) {
    const std::string& ip = prefix.ip();
    if (ip.size() == kV4Bytes || ip.size() >= kV6Bytes) {  // a zone does not count
      ips.insert(ip.size() == kV4Bytes ? ip : ip.substr(0, kV6Bytes));
    }
  }
  for (const std::string& ip : ips) {
    names.add_ips()->set_ip(ip);
  }
  if (!hostname.hostname().empty()) {
    names.add_dns_names(hostname.hostname());
    if (!hostname.domainname().empty()) {
      names.add_dns_names(hostname.hostname() + "." + hostname.domainname());
    }
  }
  names.set_fqdn(std::string(kCommonName));
  return names;
}

absl::StatusOr<pki::Identity> NewMaintenanceCa(base::WallTime now) {
  return pki::NewAuthority({.key_type = pki::KeyType::kEd25519}, now, kLifetime);
}

absl::StatusOr<pki::Certificate> NewMaintenanceCertificate(const pki::Key& key,
                                                           const pki::Identity& ca,
                                                           const secrets::CertSAN::Spec& names,
                                                           base::WallTime now) {
  pki::Statement statement{
      .common_name = names.fqdn(), .for_servers = true, .not_before = now, .lifetime = kLifetime};
  statement.dns_names.assign(names.dns_names().begin(), names.dns_names().end());
  for (const auto& ip : names.ips()) {
    statement.ips.push_back(ip.ip());
  }
  return pki::Sign(statement, key, ca.certificate, ca.key);
}

common::PEMEncodedCertificateAndKey ToPem(const pki::Identity& identity) {
  common::PEMEncodedCertificateAndKey pem;
  pem.set_crt(identity.certificate.ToPem());
  std::string key = identity.key.ToPem();
  pem.set_key(key);
  pki::Wipe(key);
  return pem;
}

absl::StatusOr<pki::Identity> FromPem(const common::PEMEncodedCertificateAndKey& pem) {
  return pki::IdentityFromPem(pem.crt(), pem.key());
}

bool IsDue(const pki::Certificate& certificate, base::WallTime now) {
  return now < certificate.NotBefore() || now >= certificate.NotAfter() - kLifetime / 2;
}

}  // namespace ichor
