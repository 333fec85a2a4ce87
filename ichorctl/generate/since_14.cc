// Configs as v1.14 has them: a document for each thing.
#include <algorithm>
#include <format>
#include <utility>

#include "ichorctl/generate/parts.h"
#include "ichorctl/generate/tree.h"

namespace ichor::ctl {
namespace {

using Nodes = std::vector<Tree>;

constexpr std::string_view kControlPlaneLabel = "node-role.kubernetes.io/control-plane";

Tree First(const Input& input, bool control_plane) {
  const pki::ClusterSecrets& secrets = input.secrets;
  Nodes cluster = {Text("token", secrets.bootstrap_token.text())};
  AddIf(control_plane, Mapping("etcd", {Base64Pair("ca", secrets.etcd, true)}), cluster);
  return Mapping("", {Text("version", "v1alpha1"), Truth("debug", false), Truth("persist", true),
                      Mapping("machine", {Text("type", control_plane ? "controlplane" : "worker"),
                                          Text("token", secrets.trustd_token.text()),
                                          Base64Pair("ca", secrets.os, control_plane),
                                          Texts("certSANs", input.additional_sans),
                                          Mapping("features", {Truth("diskQuotaSupport", true)})}),
                      Mapping("cluster", std::move(cluster))});
}

void AddMachine(const Input& input, Nodes& documents) {
  AddIf(input.discovery,
        Document("DiscoveryServiceConfig",
                 {Text("name", "default"), Text("endpoint", "https://discovery.talos.dev/")}),
        documents);
  documents.push_back(Document("DiscoveryIdentityConfig",
                               {Text("clusterID", input.secrets.cluster_id),
                                Text("clusterSecret", input.secrets.cluster_secret.text())}));
  AddIf(!input.install_disk.empty(),
        Document(
            "UnattendedInstallConfig",
            {Mapping("installer", {Text("image", input.install_image)}),
             Mapping("provisioning",
                     {Mapping("diskSelector", {Text("match", std::format("disk.dev_path == \"{}\"",
                                                                         input.install_disk))}),
                      Truth("wipe", false)})}),
        documents);
  documents.push_back(Document(
      "ResolverConfig",
      {Mapping("hostDNS", {Truth("enabled", true), Truth("forwardKubeDNSToHost", true)})}));
  documents.push_back(Document(
      "VolumeConfig", {Text("name", "EPHEMERAL"), Mapping("mount", {Truth("secure", true)})}));
  documents.push_back(Document("FilesystemTrimConfig", {Text("interval", "168h0m0s")}));
  documents.push_back(Document("SecurityProfileConfig", {Truth("workloadIsolation", true)}));
  std::ranges::move(MirrorDocuments(input), std::back_inserter(documents));
  documents.push_back(HostnameDocument());
  AddIf(input.kubespan, KubeSpanDocument(), documents);
}

Tree KubeNode(bool control_plane) {
  if (!control_plane) {
    return Document("KubeNodeConfig", {});
  }
  return Document(
      "KubeNodeConfig",
      {Mapping("labels", {Text(kControlPlaneLabel, ""),
                          Text("node.kubernetes.io/exclude-from-external-load-balancers", "")}),
       Mapping("taints", {Text(kControlPlaneLabel, "NoSchedule")})});
}

Tree KubernetesCa(const Input& input, bool control_plane) {
  const pki::PemPair& ca = input.secrets.kubernetes;
  if (!control_plane) {
    return Document("KubeAPIServerCAConfig", {Texts("acceptedCAs", {ca.certificate})});
  }
  return Document(
      "KubeAPIServerCAConfig",
      {Mapping("issuingCA", {Text("cert", ca.certificate), Text("key", ca.key.text())})});
}

void AddKubernetes(const Input& input, bool control_plane, Nodes& documents) {
  documents.push_back(Document("KubeClusterConfig", {Text("clusterName", input.cluster_name),
                                                     Text("endpoint", input.endpoint)}));
  documents.push_back(KubeNode(control_plane));
  documents.push_back(Document(
      "KubeletConfig",
      {Text("image", KubeletImage(input)), Truth("defaultRuntimeSeccompProfileEnabled", true)}));
  documents.push_back(
      Document("KubeNetworkConfig",
               {Text("dnsDomain", input.dns_domain), Texts("podSubnets", PodSubnets(input)),
                Texts("serviceSubnets", ServiceSubnets(input))}));
  documents.push_back(KubernetesCa(input, control_plane));
  documents.push_back(Document("KubePrismConfig", {Number("port", 7445)}));
}

Tree Authentication() {
  Nodes conditions;
  for (const std::string_view path : {"/livez", "/readyz", "/healthz"}) {
    conditions.push_back(Mapping("", {Text("path", path)}));
  }
  return Document(
      "KubeAuthenticationConfig",
      {Mapping("configuration", {Mapping("anonymous", {List("conditions", std::move(conditions)),
                                                       Truth("enabled", true)}),
                                 List("jwt", {})})});
}

// A provider of the encryption of secrets in etcd. Both kinds of keys are for secretbox, as other
// clients have it: it takes the same 32 bytes.
Tree Secretbox(std::string_view name, const pki::Secret& key) {
  return Mapping(
      "",
      {Mapping("secretbox",
               {List("keys", {Mapping("", {Text("name", name), Text("secret", key.text())})})})});
}

Tree EtcdEncryption(const pki::ClusterSecrets& secrets) {
  Nodes providers;
  AddIf(!secrets.secretbox_key.empty(), Secretbox("key2", secrets.secretbox_key), providers);
  AddIf(!secrets.aescbc_key.empty(), Secretbox("key1", secrets.aescbc_key), providers);
  return Document(
      "KubeEtcdEncryptionConfig",
      {Mapping("config", {List("resources", {Mapping("", {List("providers", std::move(providers)),
                                                          Texts("resources", {"secrets"})})})})});
}

Tree Component(std::string_view kind, const Input& input, std::string_view component) {
  return Document(kind, {Text("image", ComponentImage(input, component))});
}

void AddControlPlane(const Input& input, Nodes& documents) {
  const pki::ClusterSecrets& secrets = input.secrets;
  documents.push_back(
      Document("KubeAggregatorCAConfig",
               {Mapping("issuingCA", {Text("cert", secrets.aggregator.certificate),
                                      Text("key", secrets.aggregator.key.text())})}));
  documents.push_back(Document("KubeAdmissionControlConfig",
                               {Text("name", "PodSecurity"), PodSecurityConfiguration()}));
  Tree policy = AuditPolicy();
  policy.key = "configuration";
  documents.push_back(Document("KubeAuditPolicyConfig", {std::move(policy)}));
  documents.push_back(Authentication());
  documents.push_back(
      Document("KubeAuthorizerConfig", {Text("name", "node"), Text("type", "Node")}));
  documents.push_back(
      Document("KubeAuthorizerConfig", {Text("name", "rbac"), Text("type", "RBAC")}));
  documents.push_back(EtcdEncryption(secrets));
  documents.push_back(
      Document("KubeServiceAccountConfig",
               {Mapping("issuer", {Text("privateKey", secrets.service_account_key.text()),
                                   Text("issuerURL", input.endpoint)})}));
  documents.push_back(Component("KubeAPIServerConfig", input, "apiserver"));
  documents.push_back(Component("KubeControllerManagerConfig", input, "controller-manager"));
  documents.push_back(Component("KubeSchedulerConfig", input, "scheduler"));
  documents.push_back(Component("KubeProxyConfig", input, "proxy"));
  documents.push_back(Document("KubeFlannelCNIConfig",
                               {Text("backendType", "vxlan"), Number("backendPort", 4789)}));
  documents.push_back(Document("KubeCoreDNSConfig", {Truth("enabled", true)}));
}

}  // namespace

std::vector<Tree> DocumentsSince14(const Input& input, MachineType type) {
  const bool control_plane = type == MachineType::kControlPlane;
  Nodes documents = {First(input, control_plane)};
  AddMachine(input, documents);
  AddKubernetes(input, control_plane, documents);
  if (control_plane) {
    AddControlPlane(input, documents);
  }
  return documents;
}

}  // namespace ichor::ctl
