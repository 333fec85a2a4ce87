#include "machined/secrets/cluster_roots.h"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/key.h"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using network::HostnameStatus;
using network::NodeAddress;
using secrets::CertSAN;
using secrets::EtcdRootSecret;
using secrets::KubeletSecret;
using secrets::KubernetesRootSecret;

// "id.secret"
std::pair<std::string, std::string> BootstrapToken(const KubernetesSettings& settings) {
  const std::string& token = settings.cluster().token();
  const size_t dot = std::min(token.find('.'), token.size());
  return {token.substr(0, dot), dot == token.size() ? "" : token.substr(dot + 1)};
}

void SetCas(const KubernetesSettings& settings, KubernetesRootSecret::Spec& root) {
  const auto ca = settings.Ca();
  root.mutable_issuing_ca()->set_crt(ca.issuing_ca().cert());
  root.mutable_issuing_ca()->set_key(ca.issuing_ca().key());
  root.add_accepted_cas()->set_crt(ca.issuing_ca().cert());
  for (const std::string& accepted : ca.accepted_cas()) {
    root.add_accepted_cas()->set_crt(accepted);
  }
  const auto aggregator = settings.AggregatorCa();
  root.mutable_aggregator_ca()->set_crt(aggregator.issuing_ca().cert());
  root.mutable_aggregator_ca()->set_key(aggregator.issuing_ca().key());
  if (!aggregator.issuing_ca().cert().empty()) {
    root.add_accepted_aggregator_cas()->set_crt(aggregator.issuing_ca().cert());
  }
  for (const std::string& accepted : aggregator.accepted_cas()) {
    root.add_accepted_aggregator_cas()->set_crt(accepted);
  }
}

absl::Status SetServiceAccount(const KubernetesSettings& settings,
                               KubernetesRootSecret::Spec& root) {
  const auto account = settings.ServiceAccount();
  const std::string& pem = account.issuer().private_key();
  if (!pem.empty()) {
    const absl::StatusOr<pki::Key> key = pki::Key::FromPem(pem);
    if (!key.ok()) {
      return absl::InvalidArgumentError(
          std::format("service account key: {}", base::MessageOf(key.status())));
    }
    root.mutable_service_account()->set_key(pem);
    root.add_service_account_accepted_keys()->set_key(key->Public().ToPem());
  }
  for (const std::string& accepted : account.accepted().public_keys()) {
    root.add_service_account_accepted_keys()->set_key(accepted);
  }
  root.set_issuer_url(account.issuer().issuer_url());
  *root.mutable_accepted_issuers() = account.accepted().issuers();
  *root.mutable_api_audiences() = account.accepted().audiences();
  return absl::OkStatus();
}

void SetEncryption(const KubernetesSettings& settings, KubernetesRootSecret::Spec& root) {
  if (const auto* document = settings.config().Get<config::v1alpha1::KubeEtcdEncryptionConfig>()) {
    *root.mutable_etcd_encryption_config() = document->config();
    return;
  }
  root.set_aes_cbc_encryption_secret(settings.cluster().aescbc_encryption_secret());
  root.set_secretbox_encryption_secret(settings.cluster().secretbox_encryption_secret());
}

// Names and addresses, each once and sorted.
struct Names {
  std::set<std::string> dns;
  std::set<std::string> ips;

  void Add(const std::string& text) {
    if (const std::optional<common::NetIP> ip = ParseNetIP(text);
        ip.has_value() && !ip->ip().empty()) {
      ips.insert(ip->ip());
    } else if (!text.empty()) {
      dns.insert(text);
    }
  }
};

void AddWellKnown(const KubernetesRootSecret::Spec& root, Names& names) {
  for (const std::string name :
       {"kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"}) {
    names.dns.insert(name);
  }
  names.dns.insert("kubernetes.default.svc." + root.dns_domain());
  names.Add("127.0.0.1");
}

}  // namespace

absl::StatusOr<Desired<KubernetesRootSecret>> DeriveKubernetesRoot(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<KubernetesRootSecret>();
  }
  KubernetesRootSecret::Spec root;
  const auto cluster = settings->Cluster();
  root.set_name(cluster.cluster_name());
  root.mutable_endpoint()->set_full_path(cluster.endpoint());
  root.mutable_local_endpoint()->set_full_path(LocalEndpoint(*settings));
  *root.mutable_cert_sans() = settings->ApiServer().cert_extra_sans();
  const auto networks = settings->Networks();
  for (const std::string& subnet : networks.service_subnets()) {
    if (const std::optional<common::NetIP> first = AddressIn(subnet, 1); first.has_value()) {
      *root.add_api_server_ips() = *first;
    }
  }
  root.set_dns_domain(networks.dns_domain());
  SetCas(*settings, root);
  RETURN_IF_ERROR(SetServiceAccount(*settings, root));
  const auto [id, secret] = BootstrapToken(*settings);
  root.set_bootstrap_token_id(id);
  root.set_bootstrap_token_secret(secret);
  SetEncryption(*settings, root);
  return Desired<KubernetesRootSecret>{{"k8s", std::move(root)}};
}

absl::StatusOr<Desired<EtcdRootSecret>> DeriveEtcdRoot(const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value() || settings->cluster().etcd().ca().key().empty()) {
    return Desired<EtcdRootSecret>();
  }
  EtcdRootSecret::Spec root;
  root.mutable_etcd_ca()->set_crt(settings->cluster().etcd().ca().crt());
  root.mutable_etcd_ca()->set_key(settings->cluster().etcd().ca().key());
  return Desired<EtcdRootSecret>{{"etcd", std::move(root)}};
}

absl::StatusOr<Desired<KubeletSecret>> DeriveKubeletSecret(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::Of(configs);
  if (!settings.has_value()) {
    return Desired<KubeletSecret>();
  }
  KubeletSecret::Spec kubelet;
  const auto ca = settings->Ca();
  if (!ca.issuing_ca().cert().empty()) {
    kubelet.add_accepted_cas()->set_crt(ca.issuing_ca().cert());
  }
  for (const std::string& accepted : ca.accepted_cas()) {
    kubelet.add_accepted_cas()->set_crt(accepted);
  }
  if (kubelet.accepted_cas().empty()) {
    return Desired<KubeletSecret>();
  }
  const bool local = settings->IsControlPlaneType() || settings->KubePrism().port() != 0;
  kubelet.mutable_endpoint()->set_full_path(local ? LocalEndpoint(*settings)
                                                  : settings->Cluster().endpoint());
  kubelet.set_endpoint_tls_server_name(settings->KubePrism().tls_server_name());
  const auto [id, secret] = BootstrapToken(*settings);
  kubelet.set_bootstrap_token_id(id);
  kubelet.set_bootstrap_token_secret(secret);
  return Desired<KubeletSecret>{{"kubelet", std::move(kubelet)}};
}

absl::StatusOr<Desired<CertSAN>> DeriveKubernetesNames(const All<config::MachineConfig>& configs,
                                                       const All<KubernetesRootSecret>& roots,
                                                       const All<HostnameStatus>& hostnames,
                                                       const All<NodeAddress>& addresses) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (roots.empty() || !settings.has_value()) {
    return Desired<CertSAN>();
  }
  const KubernetesRootSecret::Spec& root = roots.front().spec();
  Names names;
  names.Add(EndpointOf(root.endpoint().full_path()).host);
  for (const std::string& name : root.cert_sans()) {
    names.Add(name);
  }
  AddWellKnown(root, names);
  CertSAN::Spec spec;
  if (!hostnames.empty()) {
    const HostnameStatus::Spec& hostname = hostnames.front().spec();
    names.Add(hostname.hostname());
    spec.set_fqdn(FullNameOf(hostname));
    names.Add(spec.fqdn());
  }
  for (const common::NetIP& ip : root.api_server_ips()) {
    names.ips.insert(ip.ip());
  }
  for (const common::NetIP& address : NodeAddressesOf(addresses, "accumulative", *settings)) {
    names.ips.insert(address.ip());
  }
  for (const std::string& ip : names.ips) {
    spec.add_ips()->set_ip(ip);
  }
  spec.mutable_dns_names()->Assign(names.dns.begin(), names.dns.end());
  return Desired<CertSAN>{{"k8s", std::move(spec)}};
}

}  // namespace ichor
