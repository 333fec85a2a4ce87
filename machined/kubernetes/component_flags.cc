#include "machined/kubernetes/component_flags.h"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/arguments.h"

namespace ichor {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr auto kAdditive = MergeRule::Kind::kAdditive;
constexpr auto kDenied = MergeRule::Kind::kDenied;
// Before it, the programs learnt of a cloud provider outside by a flag.
constexpr std::uint32_t kNoCloudProviderFlag = 33;

constexpr std::array kApiServerRules = {
    MergeRule{"enable-admission-plugins", kAdditive},
    MergeRule{"feature-gates", kAdditive},
    MergeRule{"authorization-mode", kAdditive},
    MergeRule{"etcd-*", kDenied},
    MergeRule{"client-ca-file", kDenied},
    MergeRule{"requestheader-client-ca-file", kDenied},
    MergeRule{"proxy-client-*", kDenied},
    MergeRule{"encryption-provider-config", kDenied},
    MergeRule{"kubelet-client-*", kDenied},
    MergeRule{"service-account-key-file", kDenied},
    MergeRule{"service-account-signing-key-file", kDenied},
    MergeRule{"tls-cert-file", kDenied},
    MergeRule{"tls-min-version", kDenied},
    MergeRule{"tls-private-key-file", kDenied},
    MergeRule{"authorization-config", kDenied},
};

constexpr std::array kControllerManagerRules = {
    MergeRule{"service-cluster-ip-range", kAdditive},
    MergeRule{"controllers", kAdditive},
    MergeRule{"cluster-signing-*", kDenied},
    MergeRule{"authentication-kubeconfig", kDenied},
    MergeRule{"authorization-kubeconfig", kDenied},
    MergeRule{"root-ca-file", kDenied},
    MergeRule{"service-account-private-key-file", kDenied},
};

constexpr std::array kSchedulerRules = {
    MergeRule{"kubeconfig", kDenied},
    MergeRule{"authentication-kubeconfig", kDenied},
    MergeRule{"authorization-kubeconfig", kDenied},
    MergeRule{"config", kDenied},
};

std::string Joined(const Texts& items) {
  std::string joined;
  for (const std::string& item : items) {
    joined += (joined.empty() ? "" : ",") + item;
  }
  return joined;
}

std::vector<std::string> Listed(const Texts& items) {
  return {items.begin(), items.end()};
}

// Flags that replace the file of authorizers.
bool ChoosesAuthorizers(const Arguments& extra) {
  return std::ranges::any_of(extra, [](const auto& argument) {
    return argument.first == "authorization-mode" ||
           argument.first.starts_with("authorization-webhook-");
  });
}

// Its files.
Arguments ApiServerFiles() {
  const std::string secrets = std::string(kPodSecrets) + "kube-apiserver/";
  const std::string configs = std::string(kPodConfigs) + "kube-apiserver/";
  return {{"admission-control-config-file", {configs + "admission-control-config.yaml"}},
          {"audit-policy-file", {configs + "auditpolicy.yaml"}},
          {"audit-log-path", {"/var/log/audit/kube/kube-apiserver.log"}},
          {"client-ca-file", {secrets + "ca.crt"}},
          {"encryption-provider-config", {secrets + "encryptionconfig.yaml"}},
          {"etcd-cafile", {secrets + "etcd-client-ca.crt"}},
          {"etcd-certfile", {secrets + "etcd-client.crt"}},
          {"etcd-keyfile", {secrets + "etcd-client.key"}},
          {"kubelet-client-certificate", {secrets + "apiserver-kubelet-client.crt"}},
          {"kubelet-client-key", {secrets + "apiserver-kubelet-client.key"}},
          {"proxy-client-cert-file", {secrets + "front-proxy-client.crt"}},
          {"proxy-client-key-file", {secrets + "front-proxy-client.key"}},
          {"requestheader-client-ca-file", {secrets + "aggregator-ca.crt"}},
          {"service-account-key-file", {secrets + "service-account.pub"}},
          {"service-account-signing-key-file", {secrets + "service-account.key"}},
          {"tls-cert-file", {secrets + "apiserver.crt"}},
          {"tls-private-key-file", {secrets + "apiserver.key"}}};
}

void AddPlainApiServerFlags(Arguments& arguments) {
  arguments.merge(Arguments{{"allow-privileged", {"true"}},
                            {"audit-log-maxage", {"30"}},
                            {"audit-log-maxbackup", {"10"}},
                            {"audit-log-maxsize", {"100"}},
                            {"bind-address", {"0.0.0.0"}},
                            {"enable-admission-plugins", {"NodeRestriction"}},
                            {"enable-bootstrap-token-auth", {"true"}},
                            {"kubelet-preferred-address-types", {"InternalIP,ExternalIP,Hostname"}},
                            {"profiling", {"false"}},
                            {"requestheader-allowed-names", {"front-proxy-client"}},
                            {"requestheader-extra-headers-prefix", {"X-Remote-Extra-"}},
                            {"requestheader-group-headers", {"X-Remote-Group"}},
                            {"requestheader-username-headers", {"X-Remote-User"}},
                            {"tls-min-version", {"VersionTLS13"}}});
}

void AddCloudProvider(const std::string& image, const std::string& provider, Arguments& arguments) {
  if (!provider.empty() && KubernetesMinor(image) < kNoCloudProviderFlag) {
    arguments["cloud-provider"] = {provider};
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ApiServerFlags(
    const k8s::APIServerConfig::Spec& spec, const secrets::KubernetesRootSecret::Spec& root) {
  const std::string configs = std::string(kPodConfigs) + "kube-apiserver/";
  const Arguments extra = ArgumentsOf(spec.extra_args());
  Arguments ours = ApiServerFiles();
  AddPlainApiServerFlags(ours);
  if (!spec.advertised_address().empty()) {
    ours["advertise-address"] = {spec.advertised_address()};
  }
  ours["api-audiences"] = Listed(root.api_audiences());
  ours["etcd-servers"] = {Joined(spec.etcd_servers())};
  ours["secure-port"] = {std::to_string(spec.local_port())};
  ours["service-account-issuer"] = {root.issuer_url()};
  for (const std::string& issuer : root.accepted_issuers()) {
    ours["service-account-issuer"].push_back(issuer);
  }
  ours["service-cluster-ip-range"] = {Joined(spec.service_cidrs())};
  std::vector<MergeRule> rules(kApiServerRules.begin(), kApiServerRules.end());
  if (spec.use_authentication_config()) {
    ours["authentication-config"] = {configs + "authentication-config.yaml"};
    rules.push_back({"authentication-config", kDenied});
  } else {
    ours["anonymous-auth"] = {"false"};
  }
  if (ChoosesAuthorizers(extra)) {
    ours["authorization-mode"] = {"Node,RBAC"};
  } else {
    ours["authorization-config"] = {configs + "authorization-config.yaml"};
  }
  AddCloudProvider(spec.image(), spec.cloud_provider(), ours);
  ASSIGN_OR_RETURN(const Arguments all, MergeArguments(std::move(ours), extra, rules));
  return ToFlags(all);
}

absl::StatusOr<std::vector<std::string>> ControllerManagerFlags(
    const k8s::ControllerManagerConfig::Spec& spec) {
  const std::string secrets = std::string(kPodSecrets) + "kube-controller-manager/";
  const std::string kubeconfig = secrets + "kubeconfig";
  Arguments ours{{"allocate-node-cidrs", {"true"}},
                 {"authentication-kubeconfig", {kubeconfig}},
                 {"authorization-kubeconfig", {kubeconfig}},
                 {"bind-address", {"127.0.0.1"}},
                 {"cluster-cidr", {Joined(spec.pod_cidrs())}},
                 {"cluster-signing-cert-file", {secrets + "ca.crt"}},
                 {"cluster-signing-key-file", {secrets + "ca.key"}},
                 {"configure-cloud-routes", {"false"}},
                 {"controllers", {"*"}},
                 {"kubeconfig", {kubeconfig}},
                 {"leader-elect", {"true"}},
                 {"profiling", {"false"}},
                 {"root-ca-file", {secrets + "ca.crt"}},
                 {"service-account-private-key-file", {secrets + "service-account.key"}},
                 {"service-cluster-ip-range", {Joined(spec.service_cidrs())}},
                 {"terminated-pod-gc-threshold", {"100"}},
                 {"tls-min-version", {"VersionTLS13"}},
                 {"use-service-account-credentials", {"true"}}};
  if (HasFamily(spec.pod_cidrs(), true)) {
    ours["node-cidr-mask-size-ipv4"] = {std::to_string(spec.node_cidr_mask_size_ipv4())};
  }
  if (HasFamily(spec.pod_cidrs(), false)) {
    ours["node-cidr-mask-size-ipv6"] = {std::to_string(spec.node_cidr_mask_size_ipv6())};
  }
  AddCloudProvider(spec.image(), spec.cloud_provider(), ours);
  ASSIGN_OR_RETURN(
      const Arguments all,
      MergeArguments(std::move(ours), ArgumentsOf(spec.extra_args()), kControllerManagerRules));
  return ToFlags(all);
}

absl::StatusOr<std::vector<std::string>> SchedulerFlags(const k8s::SchedulerConfig::Spec& spec) {
  const std::string kubeconfig = std::string(kPodSecrets) + "kube-scheduler/kubeconfig";
  Arguments ours{{"config", {std::string(kPodConfigs) + "kube-scheduler/scheduler-config.yaml"}},
                 {"authentication-kubeconfig", {kubeconfig}},
                 {"authorization-kubeconfig", {kubeconfig}},
                 {"authentication-tolerate-lookup-failure", {"false"}},
                 {"bind-address", {"127.0.0.1"}},
                 {"leader-elect", {"true"}},
                 {"profiling", {"false"}},
                 {"tls-min-version", {"VersionTLS13"}}};
  ASSIGN_OR_RETURN(
      const Arguments all,
      MergeArguments(std::move(ours), ArgumentsOf(spec.extra_args()), kSchedulerRules));
  return ToFlags(all);
}

}  // namespace ichor
