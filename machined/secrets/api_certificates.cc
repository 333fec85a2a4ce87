#include "machined/secrets/api_certificates.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace ichor {
namespace {

constexpr std::chrono::hours kLifetime{24};

std::set<std::string> Loopback() {
  return {std::string("\x7f\0\0\x01", 4), std::string(15, '\0') + '\x01'};
}

// An address without its zone. Empty if it is none.
std::string Bytes(const std::string& ip) {
  constexpr size_t kV4Bytes = 4;
  constexpr size_t kV6Bytes = 16;
  if (ip.size() == kV4Bytes) {
    return ip;
  }
  return ip.size() >= kV6Bytes ? ip.substr(0, kV6Bytes) : "";
}

}  // namespace

secrets::CertSAN::Spec ApiNames(const network::NodeAddress::Spec& addresses,
                                const network::HostnameStatus::Spec& hostname,
                                const secrets::OSRootSecret::Spec& root) {
  std::set<std::string> ips = Loopback();
  for (const auto& prefix : addresses.addresses()) {
    ips.insert(Bytes(prefix.ip()));
  }
  for (const auto& address : root.cert_san_ips()) {
    ips.insert(Bytes(address.ip()));
  }
  ips.erase("");
  secrets::CertSAN::Spec names;
  for (const std::string& ip : ips) {
    names.add_ips()->set_ip(ip);
  }
  std::set<std::string> dns(root.cert_san_dns_names().begin(), root.cert_san_dns_names().end());
  std::string fqdn = hostname.hostname();
  if (!fqdn.empty()) {
    dns.insert(fqdn);
    fqdn += hostname.domainname().empty() ? "" : "." + hostname.domainname();
    dns.insert(fqdn);
  }
  names.mutable_dns_names()->Assign(dns.begin(), dns.end());
  names.set_fqdn(std::move(fqdn));
  return names;
}

absl::StatusOr<pki::Identity> NewMaintenanceCa(base::WallTime now) {
  return pki::NewAuthority({.key_type = pki::KeyType::kEd25519}, now, kLifetime);
}

absl::StatusOr<pki::Certificate> NewServerCertificate(const pki::Key& key, const pki::Identity& ca,
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

bool HasNames(const pki::Certificate& certificate, const secrets::CertSAN::Spec& names) {
  const auto has_name = [&certificate](const std::string& name) {
    return X509_check_host(certificate.get(), name.data(), name.size(),
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  };
  const auto has_address = [&certificate](const common::NetIP& address) {
    // OpenSSL reads them only.
    const auto* const bytes = reinterpret_cast<const unsigned char*>(address.ip().data());
    return X509_check_ip(certificate.get(), bytes, address.ip().size(), 0) == 1;
  };
  return std::ranges::all_of(names.dns_names(), has_name) &&
         std::ranges::all_of(names.ips(), has_address);
}

absl::StatusOr<pki::Identity> NewForwarder(const pki::Identity& ca, base::WallTime now) {
  return pki::NewClient(ca, {"os:impersonator"}, now, kLifetime);
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
