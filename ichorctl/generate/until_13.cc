// Configs as v1.2 to v1.13 have them: nearly everything is in one document.
#include <algorithm>
#include <utility>

#include "ichorctl/generate/parts.h"
#include "ichorctl/generate/tree.h"

namespace ichor::ctl {
namespace {

// The first version with each difference: facts of the config language.
constexpr int kDisableManifestsDirectory = 3;
constexpr int kAuditPolicy = 3;
constexpr int kExtendedKeyUsage = 3;
constexpr int kDiskQuota = 5;
constexpr int kKubePrism = 6;
constexpr int kHostDns = 7;
constexpr int kForwardDns = 8;
constexpr int kWorkerClusterName = 8;
constexpr int kExcludeLabel = 8;
constexpr int kDocuments =
    12;  // for hostname and registries; features that are always on are not said
constexpr int kKubeSpanDocument = 13;
constexpr int kOldRegistry = 2;  // the one whose clusters still pull from k8s.gcr.io

using Nodes = std::vector<Tree>;

Tree Kubelet(const Input& input) {
  Nodes kubelet = {Text("image", KubeletImage(input)),
                   Truth("defaultRuntimeSeccompProfileEnabled", true)};
  AddIf(input.contract.Has(kDisableManifestsDirectory), Truth("disableManifestsDirectory", true),
        kubelet);
  return Mapping("kubelet", std::move(kubelet));
}

void AddNetwork(const Input& input, Nodes& machine) {
  if (input.contract.Has(kKubeSpanDocument)) {
    return;
  }
  Nodes network;
  AddIf(input.kubespan, Mapping("kubespan", {Truth("enabled", true)}), network);
  machine.push_back(Mapping("network", std::move(network)));
}

Tree Install(const Input& input) {
  Nodes install = {Text("disk", input.install_disk), Text("image", input.install_image),
                   Truth("wipe", false)};
  AddIf(input.contract.Has(kDocuments), Truth("grubUseUKICmdline", true), install);
  return Mapping("install", std::move(install));
}

void AddRegistries(const Input& input, Nodes& machine) {
  Nodes mirrors;
  for (const Mirror& mirror : input.mirrors) {
    mirrors.push_back(Mapping(mirror.registry, {Texts("endpoints", {mirror.endpoint})}));
  }
  if (input.contract.minor == kOldRegistry) {
    mirrors.push_back(Mapping(
        "k8s.gcr.io", {Texts("endpoints", {"https://registry.k8s.io", "https://k8s.gcr.io"})}));
  }
  std::ranges::sort(mirrors, {}, &Tree::key);
  AddIf(!mirrors.empty() && !input.contract.Has(kDocuments),
        Mapping("registries", {Mapping("mirrors", std::move(mirrors))}), machine);
}

Tree Features(const Input& input) {
  const pki::Contract& contract = input.contract;
  const bool said = !contract.Has(kDocuments);
  Nodes features;
  AddIf(said, Truth("rbac", true), features);
  AddIf(said, Truth("stableHostname", true), features);
  AddIf(said && contract.Has(kExtendedKeyUsage), Truth("apidCheckExtKeyUsage", true), features);
  AddIf(contract.Has(kDiskQuota), Truth("diskQuotaSupport", true), features);
  AddIf(contract.Has(kKubePrism),
        Mapping("kubePrism", {Truth("enabled", true), Number("port", 7445)}), features);
  Nodes dns = {Truth("enabled", true)};
  AddIf(contract.Has(kForwardDns), Truth("forwardKubeDNSToHost", true), dns);
  AddIf(contract.Has(kHostDns), Mapping("hostDNS", std::move(dns)), features);
  return Mapping("features", std::move(features));
}

Tree Machine(const Input& input, bool control_plane) {
  Nodes machine = {Text("type", control_plane ? "controlplane" : "worker"),
                   Text("token", input.secrets.trustd_token.text()),
                   Base64Pair("ca", input.secrets.os, control_plane),
                   Texts("certSANs", input.additional_sans), Kubelet(input)};
  AddNetwork(input, machine);
  AddIf(!input.install_disk.empty(), Install(input), machine);
  AddRegistries(input, machine);
  machine.push_back(Features(input));
  AddIf(
      control_plane && input.contract.Has(kExcludeLabel),
      Mapping("nodeLabels", {Text("node.kubernetes.io/exclude-from-external-load-balancers", "")}),
      machine);
  return Mapping("machine", std::move(machine));
}

Tree ApiServer(const Input& input) {
  const bool old = !input.contract.Has(kDocuments);
  std::vector<std::string> sans = input.additional_sans;
  if (old) {
    sans.insert(sans.begin(), HostOf(input.endpoint));
  }
  Nodes server = {Text("image", ComponentImage(input, "apiserver"))};
  AddIf(!sans.empty(), Texts("certSANs", sans), server);
  AddIf(old, Truth("disablePodSecurityPolicy", true), server);
  server.push_back(List("admissionControl",
                        {Mapping("", {Text("name", "PodSecurity"), PodSecurityConfiguration()})}));
  Tree policy = AuditPolicy();
  policy.key = "auditPolicy";
  AddIf(input.contract.Has(kAuditPolicy), std::move(policy), server);
  return Mapping("apiServer", std::move(server));
}

Tree Discovery(const Input& input) {
  return Mapping("discovery",
                 {Truth("enabled", input.discovery),
                  Mapping("registries", {Mapping("kubernetes", {Truth("disabled", true)}),
                                         Mapping("service", {})})});
}

Tree ImageOf(std::string_view key, const Input& input, std::string_view component) {
  return Mapping(key, {Text("image", ComponentImage(input, component))});
}

void AddControlPlane(const Input& input, Nodes& cluster) {
  const pki::ClusterSecrets& secrets = input.secrets;
  cluster.push_back(Base64Pair("aggregatorCA", secrets.aggregator, true));
  cluster.push_back(
      Mapping("serviceAccount", {Base64Text("key", secrets.service_account_key.text())}));
  cluster.push_back(ApiServer(input));
  cluster.push_back(ImageOf("controllerManager", input, "controller-manager"));
  cluster.push_back(ImageOf("proxy", input, "proxy"));
  cluster.push_back(ImageOf("scheduler", input, "scheduler"));
}

Tree Cluster(const Input& input, bool control_plane) {
  const pki::ClusterSecrets& secrets = input.secrets;
  Nodes cluster = {Text("id", secrets.cluster_id), Text("secret", secrets.cluster_secret.text()),
                   Mapping("controlPlane", {Text("endpoint", input.endpoint)})};
  AddIf(control_plane || input.contract.Has(kWorkerClusterName),
        Text("clusterName", input.cluster_name), cluster);
  cluster.push_back(Mapping(
      "network", {Text("dnsDomain", input.dns_domain), Texts("podSubnets", PodSubnets(input)),
                  Texts("serviceSubnets", ServiceSubnets(input))}));
  cluster.push_back(Text("token", secrets.bootstrap_token.text()));
  AddIf(control_plane && !secrets.aescbc_key.empty(),
        Text("aescbcEncryptionSecret", secrets.aescbc_key.text()), cluster);
  AddIf(control_plane && !secrets.secretbox_key.empty(),
        Text("secretboxEncryptionSecret", secrets.secretbox_key.text()), cluster);
  cluster.push_back(Base64Pair("ca", secrets.kubernetes, control_plane));
  if (control_plane) {
    AddControlPlane(input, cluster);
  }
  cluster.push_back(Discovery(input));
  AddIf(control_plane, Mapping("etcd", {Base64Pair("ca", secrets.etcd, true)}), cluster);
  return Mapping("cluster", std::move(cluster));
}

}  // namespace

std::vector<Tree> DocumentsUntil13(const Input& input, MachineType type) {
  const bool control_plane = type == MachineType::kControlPlane;
  Nodes documents = {
      Mapping("", {Text("version", "v1alpha1"), Truth("debug", false), Truth("persist", true),
                   Machine(input, control_plane), Cluster(input, control_plane)})};
  if (input.contract.Has(kDocuments)) {
    std::ranges::move(MirrorDocuments(input), std::back_inserter(documents));
    documents.push_back(HostnameDocument());
  }
  AddIf(input.kubespan && input.contract.Has(kKubeSpanDocument), KubeSpanDocument(), documents);
  return documents;
}

}  // namespace ichor::ctl
