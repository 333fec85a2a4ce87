#include "machined/manifests/manifests.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/quantity.h"
#include "machined/kubernetes/settings.h"
#include "machined/manifests/core_dns.h"
#include "machined/manifests/flannel.h"
#include "machined/manifests/kube_proxy.h"
#include "machined/manifests/pod_parts.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using k8s::BootstrapManifestsConfig;
using k8s::Manifest;

constexpr const char* kBootstrappers = "system:bootstrappers:nodes";
constexpr const char* kNodes = "system:nodes";

void Add(const std::string& id, const std::vector<Struct>& objects, Desired<Manifest>& manifests) {
  Manifest::Spec spec;
  for (const Struct& object : objects) {
    *spec.add_items()->mutable_object() = object;
  }
  manifests.Add(id, std::move(spec));
}

// Lets the groups do what the role may.
Struct Binding(const std::string& name, const std::string& role,
               const std::vector<std::string>& groups) {
  std::vector<Tree> subjects;
  subjects.reserve(groups.size());
  for (const std::string& group : groups) {
    subjects.emplace_back(Object({{"kind", "Group"}, {"name", group}, {"apiGroup", kRbacGroup}}));
  }
  return Object(
      {{"apiVersion", "rbac.authorization.k8s.io/v1"},
       {"kind", "ClusterRoleBinding"},
       {"metadata", Object({{"name", name}})},
       {"subjects", subjects},
       {"roleRef", Object({{"apiGroup", kRbacGroup}, {"kind", "ClusterRole"}, {"name", role}})}});
}

// A kubeconfig for pods that cannot use the API server's service yet.
Struct InClusterKubeconfig(const std::string& server) {
  const std::string mounted = "/var/run/secrets/kubernetes.io/serviceaccount/";
  const Struct file = Object(
      {{"apiVersion", "v1"},
       {"kind", "Config"},
       {"clusters",
        List({Object({{"name", "local"},
                      {"cluster", Object({{"server", server},
                                          {"certificate-authority", mounted + "ca.crt"}})}})})},
       {"users", List({Object({{"name", "service-account"},
                               {"user", Object({{"tokenFile", mounted + "token"}})}})})},
       {"contexts",
        List({Object({{"name", "default"},
                      {"context", Object({{"cluster", "local"}, {"user", "service-account"}})}})})},
       {"current-context", "default"}});
  return Object({{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", SystemMeta("kubeconfig-in-cluster")},
                 {"data", Object({{"kubeconfig", ToYaml(file)}})}});
}

// What nodes may see beyond what Kubernetes lets them.
Struct NodeRole() {
  return Object({{"apiVersion", "rbac.authorization.k8s.io/v1"},
                 {"kind", "ClusterRole"},
                 {"metadata", Object({{"name", "system:talos-nodes"}})},
                 {"rules", List({Object({{"apiGroups", List({"discovery.k8s.io"})},
                                         {"resources", List({"endpointslices"})},
                                         {"verbs", List({"get", "list", "watch"})}})})}});
}

// The address of the cluster's resolver of a family; empty if services have none of it.
std::string ResolverAddress(const config::v1alpha1::KubeNetworkConfig& networks, bool ipv4) {
  constexpr std::uint32_t kResolver = 10;
  for (const std::string& subnet : networks.service_subnets()) {
    const auto address = AddressIn(subnet, kResolver);
    if (address.has_value() && IsIPv4(*address) == ipv4) {
      return ToText(*address);
    }
  }
  return "";
}

// What a node that has no certificate yet asks for one with.
Struct BootstrapToken(const secrets::KubernetesRootSecret::Spec& root) {
  return Object({{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", SystemMeta("bootstrap-token-" + root.bootstrap_token_id())},
                 {"type", "bootstrap.kubernetes.io/token"},
                 {"stringData", Object({{"token-id", root.bootstrap_token_id()},
                                        {"token-secret", root.bootstrap_token_secret()},
                                        {"usage-bootstrap-authentication", "true"},
                                        {"auth-extra-groups", kBootstrappers}})}});
}

void SetFlannel(const KubernetesSettings& settings, BootstrapManifestsConfig::Spec& spec) {
  const auto flannel = settings.Flannel();
  if (!flannel.has_value()) {
    return;
  }
  spec.set_flannel_enabled(true);
  spec.set_flannel_image("ghcr.io/siderolabs/flannel:0.28.9");
  *spec.mutable_flannel_extra_args() = flannel->extra_args();
  if (const auto port = settings.KubePrism().port(); port != 0) {
    spec.set_flannel_kube_service_host("127.0.0.1");
    spec.set_flannel_kube_service_port(std::to_string(port));
  }
  spec.set_flannel_kube_network_policies_enabled(flannel->kube_network_policies_enabled());
  spec.set_flannel_kube_network_policies_image(
      "registry.k8s.io/networking/kube-network-policies:v1.1.1");
  spec.set_flannel_backend_type(flannel->backend_type());
  spec.set_flannel_backend_port(flannel->backend_port());
  spec.set_flannel_backend_mtu(flannel->backend_mtu());
  *spec.mutable_flannel_backend_extra_config() = flannel->backend_extra_config();
  TakeResources(flannel->resources(), *spec.mutable_flannel_resources());
}

}  // namespace

absl::StatusOr<Desired<BootstrapManifestsConfig>> DeriveManifests(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<BootstrapManifestsConfig>();
  }
  const auto networks = settings->Networks();
  const auto core_dns = settings->CoreDns();
  BootstrapManifestsConfig::Spec spec;
  spec.set_server(settings->KubePrism().port() != 0 ? LocalEndpoint(*settings)
                                                    : settings->Cluster().endpoint());
  spec.set_cluster_domain(networks.dns_domain());
  *spec.mutable_pod_cidrs() = networks.pod_subnets();
  spec.set_core_dns_enabled(core_dns.enabled());
  spec.set_core_dns_image(core_dns.image());
  spec.set_dns_service_ip(ResolverAddress(networks, true));
  spec.set_dns_service_ipv6(ResolverAddress(networks, false));
  RETURN_IF_ERROR(SetKubeProxy(*settings, spec));
  SetFlannel(*settings, spec);
  spec.set_cni_name(settings->CniName());
  return Desired<BootstrapManifestsConfig>{{"manifests", std::move(spec)}};
}

absl::StatusOr<Desired<Manifest>> RenderManifests(const All<BootstrapManifestsConfig>& wishes,
                                                  const All<secrets::KubernetesRootSecret>& roots) {
  Desired<Manifest> manifests;
  if (wishes.empty() || roots.empty()) {
    return manifests;
  }
  const BootstrapManifestsConfig::Spec& wish = wishes.front().spec();
  const std::string signing = "system:certificates.k8s.io:certificatesigningrequests:";
  Add("00-kubelet-bootstrapping-token", {BootstrapToken(roots.front().spec())}, manifests);
  Add("01-csr-node-bootstrap",
      {Binding("system-bootstrap-node-bootstrapper", "system:node-bootstrapper",
               {kBootstrappers, kNodes})},
      manifests);
  Add("01-csr-approver-role-binding",
      {Binding("system-bootstrap-approve-node-client-csr", signing + "nodeclient",
               {kBootstrappers})},
      manifests);
  Add("01-csr-renewal-role-binding",
      {Binding("system-bootstrap-node-renewal", signing + "selfnodeclient", {kNodes})}, manifests);
  if (wish.flannel_enabled()) {
    Add("05-flannel", FlannelObjects(wish), manifests);
  }
  if (wish.proxy_enabled()) {
    Add("10-kube-proxy", KubeProxyObjects(wish), manifests);
  }
  if (wish.core_dns_enabled()) {
    Add("11-core-dns", CoreDnsObjects(wish), manifests);
    Add("11-core-dns-svc", {CoreDnsService(wish)}, manifests);
  }
  Add("11-kube-config-in-cluster", {InClusterKubeconfig(wish.server())}, manifests);
  Add("11-talos-node-rbac-template",
      {Binding("system:talos-nodes", "system:talos-nodes", {kNodes}), NodeRole()}, manifests);
  return manifests;
}

}  // namespace ichor
