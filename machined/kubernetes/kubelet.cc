#include "machined/kubernetes/kubelet.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/arguments.h"
#include "machined/kubernetes/node.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr auto kDenied = MergeRule::Kind::kDenied;
constexpr std::array kRules = {
    MergeRule{"bootstrap-kubeconfig", kDenied},
    MergeRule{"kubeconfig", kDenied},
    MergeRule{"container-runtime", kDenied},
    MergeRule{"container-runtime-endpoint", kDenied},
    MergeRule{"config", kDenied},
    MergeRule{"cert-dir", kDenied},
};

// Where services ask for names: the tenth address of each network of theirs.
void SetClusterDns(const KubernetesSettings& settings, k8s::KubeletConfig::Spec& spec) {
  constexpr std::uint32_t kResolver = 10;
  *spec.mutable_cluster_dns() = settings.Kubelet().cluster_dns();
  if (!spec.cluster_dns().empty()) {
    return;
  }
  for (const std::string& subnet : settings.Networks().service_subnets()) {
    if (const auto address = AddressIn(subnet, kResolver); address.has_value()) {
      spec.add_cluster_dns(ToText(*address));
    }
  }
}

// What only the one-document form has.
void TakeLegacy(const KubernetesSettings& settings, k8s::KubeletConfig::Spec& spec) {
  const auto& legacy = settings.machine().kubelet();
  const bool document = settings.config().Get<config::v1alpha1::KubeletConfig>() != nullptr;
  spec.set_disable_manifests_directory(document || legacy.disable_manifests_directory());
  for (const auto& from : legacy.extra_mounts()) {
    auto& mount = *spec.add_extra_mounts();
    mount.set_destination(from.destination());
    mount.set_type(from.type());
    mount.set_source(from.source());
    *mount.mutable_options() = from.options();
  }
}

std::string NodeIps(const All<k8s::NodeIP>& addresses) {
  std::string ips;
  if (!addresses.empty()) {
    for (const common::NetIP& address : addresses.front().spec().addresses()) {
      ips += (ips.empty() ? "" : ",") + ToText(address);
    }
  }
  return ips;
}

absl::StatusOr<std::vector<std::string>> Flags(const k8s::KubeletConfig::Spec& wish,
                                               const std::string& nodename,
                                               const std::string& node_ips) {
  Arguments ours{{"config", {"/etc/kubernetes/kubelet.yaml"}},
                 {"cert-dir", {"/var/lib/kubelet/pki"}},
                 {"hostname-override", {nodename}},
                 {"node-ip", {node_ips}}};
  if (!wish.skip_node_registration()) {
    ours["bootstrap-kubeconfig"] = {"/etc/kubernetes/bootstrap-kubeconfig"};
    ours["kubeconfig"] = {"/etc/kubernetes/kubeconfig-kubelet"};
  }
  if (wish.cloud_provider_external()) {
    ours["cloud-provider"] = {"external"};
  }
  if (!wish.credential_provider_config().fields().empty()) {
    ours["image-credential-provider-bin-dir"] = {"/usr/local/lib/kubelet/credentialproviders"};
    ours["image-credential-provider-config"] = {
        "/etc/kubernetes/kubelet-credentialproviderconfig.yaml"};
  }
  ASSIGN_OR_RETURN(const Arguments all,
                   MergeArguments(std::move(ours), ArgumentsOf(wish.extra_args()), kRules));
  return ToFlags(all);
}

void SetIfMissing(Struct& object, std::string_view key, const Tree& value) {
  if (Find(object, {key}) == nullptr) {
    Set(object, key, value);
  }
}

// What the config may say otherwise.
void SetDefaults(const k8s::KubeletConfig::Spec& wish, bool control_plane, Struct& config) {
  constexpr int kOomScore = -450;
  SetIfMissing(config, "address", "0.0.0.0");
  SetIfMissing(config, "oomScoreAdj", kOomScore);
  SetIfMissing(config, "serializeImagePulls", false);
  SetIfMissing(config, "failSwapOn", false);
  SetIfMissing(config, "logging", Object({{"format", "json"}}));
  SetIfMissing(config, "streamingConnectionIdleTimeout", "5m");
  SetIfMissing(config, "tlsMinVersion", "VersionTLS13");
  SetIfMissing(config, "systemReserved",
               Object({{"cpu", "50m"},
                       {"pid", "100"},
                       {"ephemeral-storage", "256Mi"},
                       {"memory", control_plane ? "512Mi" : "384Mi"}}));
  SetIfMissing(config, "shutdownGracePeriod", "30s");
  SetIfMissing(config, "shutdownGracePeriodCriticalPods", "10s");
  SetIfMissing(config, "clusterDNS",
               std::vector<std::string>(wish.cluster_dns().begin(), wish.cluster_dns().end()));
  SetIfMissing(config, "clusterDomain", wish.cluster_domain());
}

// Who may ask the kubelet.
void SetAccess(bool registered, Struct& config) {
  Set(config, "authentication",
      Object({{"x509", Object({{"clientCAFile", "/etc/kubernetes/pki/ca.crt"}})},
              {"webhook", Object({{"enabled", registered}})},
              {"anonymous", Object({{"enabled", false}})}}));
  Set(config, "authorization", Object({{"mode", registered ? "Webhook" : "AlwaysAllow"}}));
}

Tree Taints(const k8s::KubeletConfig::Spec& wish) {
  const std::map<std::string, std::string> sorted(wish.register_with_taints().begin(),
                                                  wish.register_with_taints().end());
  std::vector<Tree> taints;
  for (const auto& [key, text] : sorted) {
    const k8s::NodeTaintSpec::Spec taint = TaintOf(key, text);
    Struct object = Object({{"key", key}, {"effect", taint.effect()}});
    if (!taint.value().empty()) {
      Set(object, "value", taint.value());
    }
    taints.emplace_back(std::move(object));
  }
  return taints;
}

// What is always so.
void SetOurs(const k8s::KubeletConfig::Spec& wish, Struct& config) {
  constexpr int kPort = 10250;
  Set(config, "apiVersion", "kubelet.config.k8s.io/v1beta1");
  Set(config, "kind", "KubeletConfiguration");
  Set(config, "staticPodPath",
      wish.disable_manifests_directory() ? "" : "/etc/kubernetes/manifests");
  Set(config, "staticPodURL", wish.static_pod_list_url());
  Set(config, "port", kPort);
  SetAccess(!wish.skip_node_registration(), config);
  Set(config, "cgroupRoot", "/");
  Set(config, "systemCgroups", "/system");
  Set(config, "kubeletCgroups", "/podruntime/kubelet");
  Set(config, "rotateCertificates", true);
  Set(config, "protectKernelDefaults", true);
  Set(config, "containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock");
  Set(config, "resolvConf", "/system/resolved/resolv.conf");
  if (wish.default_runtime_seccomp_enabled()) {
    Set(config, "seccompDefault", true);
  }
  if (wish.enable_fs_quota_monitoring()) {
    const auto* const given = Find(config, {"featureGates"});
    Struct gates = given == nullptr ? Struct() : given->struct_value();
    Set(gates, "LocalStorageCapacityIsolationFSQuotaMonitoring", true);
    Set(config, "featureGates", std::move(gates));
  }
  if (!wish.register_with_taints().empty() && !wish.extra_args().contains("register-with-taints")) {
    Set(config, "registerWithTaints", Taints(wish));
  }
}

}  // namespace

absl::StatusOr<Desired<k8s::KubeletConfig>> DeriveKubelet(
    const All<config::MachineConfig>& configs, const All<k8s::StaticPodServerStatus>& servers) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::Of(configs);
  if (!settings.has_value() || servers.empty()) {
    return Desired<k8s::KubeletConfig>();
  }
  const auto kubelet = settings->Kubelet();
  const auto node = settings->Node();
  k8s::KubeletConfig::Spec spec;
  spec.set_image(kubelet.image());
  SetClusterDns(*settings, spec);
  spec.set_cluster_domain(settings->Networks().dns_domain());
  for (const auto& [flag, given] : kubelet.extra_args()) {
    *(*spec.mutable_extra_args())[flag].mutable_values() = given.values();
  }
  *spec.mutable_extra_config() = kubelet.config();
  spec.set_cloud_provider_external(settings->cluster().external_cloud_provider().enabled());
  spec.set_default_runtime_seccomp_enabled(kubelet.default_runtime_seccomp_profile_enabled());
  spec.set_skip_node_registration(node.skip_node_registration());
  spec.set_static_pod_list_url(servers.front().spec().url());
  spec.set_enable_fs_quota_monitoring(settings->machine().features().disk_quota_support());
  const auto* const credentials =
      settings->config().Get<config::v1alpha1::KubeCredentialProviderConfig>();
  *spec.mutable_credential_provider_config() =
      credentials != nullptr ? credentials->configuration()
                             : settings->machine().kubelet().credential_provider_config();
  *spec.mutable_register_with_taints() = node.taints();
  TakeLegacy(*settings, spec);
  return Desired<k8s::KubeletConfig>{{"kubelet", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::KubeletSpec>> RenderKubelet(
    const All<k8s::KubeletConfig>& wishes, const All<k8s::Nodename>& names,
    const All<k8s::NodeIP>& addresses, const All<config::MachineType>& types,
    const All<runtime::PlatformMetadata>& platforms) {
  if (wishes.empty() || names.empty() || types.empty()) {
    return Desired<k8s::KubeletSpec>();
  }
  const k8s::KubeletConfig::Spec& wish = wishes.front().spec();
  const std::string& nodename = names.front().spec().nodename();
  const std::string ips = NodeIps(addresses);
  if (ips.empty() && !wish.extra_args().contains("node-ip")) {
    return Desired<k8s::KubeletSpec>();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> flags, Flags(wish, nodename, ips));
  k8s::KubeletSpec::Spec spec;
  spec.set_image(wish.image());
  spec.mutable_args()->Assign(flags.begin(), flags.end());
  *spec.mutable_extra_mounts() = wish.extra_mounts();
  spec.set_expected_nodename(nodename);
  *spec.mutable_config() = wish.extra_config();
  const bool control_plane = types.front().spec().machine_type() != resource::config::WORKER;
  SetDefaults(wish, control_plane, *spec.mutable_config());
  if (wish.cloud_provider_external() && !platforms.empty() &&
      !platforms.front().spec().provider_id().empty()) {
    SetIfMissing(*spec.mutable_config(), "providerID", platforms.front().spec().provider_id());
  }
  SetOurs(wish, *spec.mutable_config());
  *spec.mutable_credential_provider_config() = wish.credential_provider_config();
  return Desired<k8s::KubeletSpec>{{"kubelet", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::KubeletStatus>> ShowKubelet(const All<k8s::KubeletSpec>& specs) {
  Desired<k8s::KubeletStatus> rows;
  for (const auto& row : specs) {
    k8s::KubeletStatus::Spec status;
    status.set_image(row.spec().image());
    rows.Add(row.id(), std::move(status));
  }
  return rows;
}

}  // namespace ichor
