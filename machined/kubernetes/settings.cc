#include "machined/kubernetes/settings.h"

#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/config/defaults.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;

// The one-document form with its defaults; empty sections where it has none.
v1alpha1::LegacyConfig LegacyOf(const config::Config& config) {
  v1alpha1::LegacyConfig legacy;
  const config::Document* const document = config.Find(*v1alpha1::LegacyConfig::descriptor());
  if (document == nullptr) {
    return legacy;
  }
  legacy = static_cast<const v1alpha1::LegacyConfig&>(*document->message);
  v1alpha1::Cluster& cluster = *legacy.mutable_cluster();  // read as empty where it is missing
  cluster.mutable_control_plane();
  cluster.mutable_api_server();
  cluster.mutable_controller_manager();
  cluster.mutable_scheduler();
  cluster.mutable_proxy();
  cluster.mutable_core_dns();
  cluster.mutable_etcd();
  cluster.mutable_admin_kubeconfig();
  legacy.mutable_machine()->mutable_kubelet();
  config::SetDefaults(legacy, *document->kind->shape);
  return legacy;
}

// The document of a kind with its defaults; nothing if there is none.
template <class Message>
std::optional<Message> DocumentOf(const config::Config& config) {
  const config::Document* const document = config.Find(*Message::descriptor());
  if (document == nullptr) {
    return std::nullopt;
  }
  return static_cast<const Message&>(*config::WithDefaults(*document));
}

// What components of both forms have in common.
template <class Section, class Document>
void TakeComponent(const Section& section, Document& document) {
  document.set_image(section.image());
  *document.mutable_extra_args() = section.extra_args();
  *document.mutable_env() = section.env();
  *document.mutable_resources() = section.resources();
}

}  // namespace

KubernetesSettings::KubernetesSettings(config::Config config)
    : config_(std::move(config)), legacy_(LegacyOf(config_)) {}

std::optional<KubernetesSettings> KubernetesSettings::Of(
    const All<config::MachineConfig>& configs) {
  std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return std::nullopt;
  }
  const auto* const legacy = config->Get<v1alpha1::LegacyConfig>();
  if (legacy == nullptr || !legacy->has_machine()) {
    return std::nullopt;
  }
  return KubernetesSettings(*std::move(config));
}

std::optional<KubernetesSettings> KubernetesSettings::OfNode(
    const All<config::MachineConfig>& configs) {
  std::optional<KubernetesSettings> settings = Of(configs);
  if (!settings.has_value()) {
    return std::nullopt;
  }
  const auto ca = settings->Ca();
  return ca.issuing_ca().cert().empty() && ca.accepted_cas().empty() ? std::nullopt : settings;
}

std::optional<KubernetesSettings> KubernetesSettings::OfControlPlane(
    const All<config::MachineConfig>& configs) {
  std::optional<KubernetesSettings> settings = Of(configs);
  if (settings.has_value() && settings->IsControlPlaneType() &&
      !settings->Ca().issuing_ca().key().empty()) {
    return settings;
  }
  return std::nullopt;
}

bool KubernetesSettings::IsControlPlaneType() const {
  return machine().type() == "controlplane" || machine().type() == "init";
}

v1alpha1::KubeClusterConfig KubernetesSettings::Cluster() const {
  if (auto document = DocumentOf<v1alpha1::KubeClusterConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeClusterConfig made;
  made.set_cluster_name(cluster().cluster_name());
  made.set_endpoint(cluster().control_plane().endpoint());
  return made;
}

v1alpha1::KubeNetworkConfig KubernetesSettings::Networks() const {
  if (auto document = DocumentOf<v1alpha1::KubeNetworkConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  constexpr int kMaskBitsIPv4 = 24;
  constexpr int kMaskBitsIPv6 = 64;
  v1alpha1::KubeNetworkConfig made;
  made.set_dns_domain(cluster().network().dns_domain());
  *made.mutable_pod_subnets() = cluster().network().pod_subnets();
  *made.mutable_service_subnets() = cluster().network().service_subnets();
  made.set_node_cidr_mask_size_ipv4(kMaskBitsIPv4);
  made.set_node_cidr_mask_size_ipv6(kMaskBitsIPv6);
  return made;
}

v1alpha1::KubeNodeConfig KubernetesSettings::Node() const {
  if (auto document = DocumentOf<v1alpha1::KubeNodeConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeNodeConfig made;
  const v1alpha1::LegacyKubelet& kubelet = machine().kubelet();
  made.set_skip_node_registration(kubelet.skip_node_registration());
  made.set_register_with_fqdn(kubelet.register_with_fqdn());
  *made.mutable_node_ip() = kubelet.node_ip();
  *made.mutable_labels() = machine().node_labels();
  *made.mutable_annotations() = machine().node_annotations();
  *made.mutable_taints() = machine().node_taints();
  if (IsControlPlaneType() && !cluster().allow_scheduling_on_control_planes() &&
      !cluster().allow_scheduling_on_masters()) {
    (*made.mutable_taints())["node-role.kubernetes.io/control-plane"] = "NoSchedule";
  }
  return made;
}

v1alpha1::KubeletConfig KubernetesSettings::Kubelet() const {
  if (auto document = DocumentOf<v1alpha1::KubeletConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeletConfig made;
  const v1alpha1::LegacyKubelet& kubelet = machine().kubelet();
  made.set_image(kubelet.image());
  *made.mutable_config() = kubelet.extra_config();
  *made.mutable_extra_args() = kubelet.extra_args();
  *made.mutable_cluster_dns() = kubelet.cluster_dns();
  made.set_default_runtime_seccomp_profile_enabled(
      kubelet.default_runtime_seccomp_profile_enabled());
  return made;
}

v1alpha1::KubePrismConfig KubernetesSettings::KubePrism() const {
  if (auto document = DocumentOf<v1alpha1::KubePrismConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubePrismConfig made;
  if (machine().features().kube_prism().enabled()) {
    made.set_port(machine().features().kube_prism().port());
  }
  return made;
}

v1alpha1::KubeAPIServerCAConfig KubernetesSettings::Ca() const {
  if (auto document = DocumentOf<v1alpha1::KubeAPIServerCAConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeAPIServerCAConfig made;
  made.mutable_issuing_ca()->set_cert(cluster().ca().crt());
  made.mutable_issuing_ca()->set_key(cluster().ca().key());
  for (const auto& accepted : cluster().accepted_cas()) {
    made.add_accepted_cas(accepted.crt());
  }
  return made;
}

v1alpha1::KubeAggregatorCAConfig KubernetesSettings::AggregatorCa() const {
  if (auto document = DocumentOf<v1alpha1::KubeAggregatorCAConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeAggregatorCAConfig made;
  made.mutable_issuing_ca()->set_cert(cluster().aggregator_ca().crt());
  made.mutable_issuing_ca()->set_key(cluster().aggregator_ca().key());
  return made;
}

v1alpha1::KubeServiceAccountConfig KubernetesSettings::ServiceAccount() const {
  if (auto document = DocumentOf<v1alpha1::KubeServiceAccountConfig>(config_);
      document.has_value()) {
    std::string pem;
    if (absl::Base64Unescape(document->issuer().private_key(), &pem)) {
      document->mutable_issuer()->set_private_key(std::move(pem));
    }
    return *std::move(document);
  }
  v1alpha1::KubeServiceAccountConfig made;
  const std::string endpoint = Cluster().endpoint();
  made.mutable_issuer()->set_private_key(cluster().service_account().key());
  made.mutable_issuer()->set_issuer_url(endpoint);
  made.mutable_accepted()->add_audiences(endpoint);
  return made;
}

v1alpha1::KubeAPIServerConfig KubernetesSettings::ApiServer() const {
  if (auto document = DocumentOf<v1alpha1::KubeAPIServerConfig>(config_); document.has_value()) {
    return *std::move(document);
  }
  v1alpha1::KubeAPIServerConfig made;
  TakeComponent(cluster().api_server(), made);
  made.set_api_port(cluster().control_plane().local_api_server_port());
  *made.mutable_cert_extra_sans() = cluster().api_server().cert_sans();
  made.set_startup_probes(true);
  return made;
}

v1alpha1::KubeControllerManagerConfig KubernetesSettings::ControllerManager() const {
  auto document = DocumentOf<v1alpha1::KubeControllerManagerConfig>(config_);
  v1alpha1::KubeControllerManagerConfig made;
  if (document.has_value()) {
    made = *std::move(document);
    made.set_enabled(!made.has_enabled() || made.enabled());
    return made;
  }
  TakeComponent(cluster().controller_manager(), made);
  made.set_enabled(!machine().control_plane().controller_manager().disabled());
  return made;
}

v1alpha1::KubeSchedulerConfig KubernetesSettings::Scheduler() const {
  auto document = DocumentOf<v1alpha1::KubeSchedulerConfig>(config_);
  v1alpha1::KubeSchedulerConfig made;
  if (document.has_value()) {
    made = *std::move(document);
    made.set_enabled(!made.has_enabled() || made.enabled());
    return made;
  }
  TakeComponent(cluster().scheduler(), made);
  *made.mutable_config() = cluster().scheduler().config();
  made.set_enabled(!machine().control_plane().scheduler().disabled());
  return made;
}

v1alpha1::KubeProxyConfig KubernetesSettings::Proxy() const {
  auto document = DocumentOf<v1alpha1::KubeProxyConfig>(config_);
  v1alpha1::KubeProxyConfig made;
  if (document.has_value()) {
    made = *std::move(document);
    made.set_enabled(!made.has_enabled() || made.enabled());
  } else {
    made.set_image(cluster().proxy().image());
    made.set_mode(cluster().proxy().mode());
    *made.mutable_extra_args() = cluster().proxy().extra_args();
    made.set_enabled(!cluster().proxy().disabled());
  }
  if (made.mode().empty()) {
    made.set_mode("nftables");
  }
  return made;
}

v1alpha1::KubeCoreDNSConfig KubernetesSettings::CoreDns() const {
  auto document = DocumentOf<v1alpha1::KubeCoreDNSConfig>(config_);
  v1alpha1::KubeCoreDNSConfig made;
  made.set_enabled(!cluster().core_dns().disabled());
  made.set_image(cluster().core_dns().image());
  if (document.has_value()) {
    made.set_enabled(!document->has_enabled() || document->enabled());
    made.set_image(document->image().empty() ? made.image() : document->image());
  }
  return made;
}

std::optional<v1alpha1::KubeFlannelCNIConfig> KubernetesSettings::Flannel() const {
  auto document = DocumentOf<v1alpha1::KubeFlannelCNIConfig>(config_);
  if (document.has_value()) {
    return document;
  }
  if (CniName() != "flannel") {
    return std::nullopt;
  }
  constexpr int kVxlanPort = 4789;
  v1alpha1::KubeFlannelCNIConfig made;
  made.set_backend_type("vxlan");
  made.set_backend_port(kVxlanPort);
  const auto& flannel = cluster().network().cni().flannel();
  *made.mutable_extra_args() = flannel.extra_args();
  made.set_kube_network_policies_enabled(flannel.kube_network_policies_enabled());
  return made;
}

std::string KubernetesSettings::CniName() const {
  if (config_.Get<v1alpha1::KubeFlannelCNIConfig>() != nullptr) {
    return "flannel";
  }
  // With the networks in a document, so is what runs on them.
  if (config_.Get<v1alpha1::KubeNetworkConfig>() != nullptr) {
    return "none";
  }
  return cluster().network().cni().name();
}

}  // namespace ichor
