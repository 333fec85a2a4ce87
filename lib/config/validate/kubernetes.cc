#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "common/common.pb.h"
#include "config/kubernetes.pb.h"
#include "lib/config/validate/certificate.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/kubernetes_image.h"
#include "lib/config/validate/rules.h"
#include "lib/resource/address_text.h"

namespace ichor::config {
namespace {

using v1alpha1::KubeAggregatorCAConfig;
using v1alpha1::KubeAPIServerCAConfig;
using v1alpha1::KubeAPIServerConfig;
using v1alpha1::KubeAuthorizerConfig;
using v1alpha1::KubeClusterConfig;
using v1alpha1::KubeControllerManagerConfig;
using v1alpha1::KubeEtcdEncryptionConfig;
using v1alpha1::KubeExternalManifestConfig;
using v1alpha1::KubeFlannelCNIConfig;
using v1alpha1::KubeInlineManifestConfig;
using v1alpha1::KubeletConfig;
using v1alpha1::KubeNetworkConfig;
using v1alpha1::KubeNodeConfig;
using v1alpha1::KubePrismConfig;
using v1alpha1::KubeProxyConfig;
using v1alpha1::KubeSchedulerConfig;
using v1alpha1::KubeServiceAccountConfig;
using v1alpha1::KubeStaticPodConfig;
using v1alpha1::KubeTalosAPIAccessConfig;

void CheckImage(Checker& checker, std::string_view image) {
  checker.Require("image", image);
  CheckKubernetesImage(checker, "image", image);
}

void CheckApiServer(Checker& checker, const KubeAPIServerConfig& config) {
  constexpr std::array<std::string_view, 6> kTaken = {
      "anonymous-auth",        "oidc-",
      "authentication-config", "authorization-config",
      "authorization-mode",    "authorization-webhook-"};
  CheckImage(checker, config.image());
  CheckResources(checker, "resources", config.resources());
  for (const auto& [key, value] : config.extra_args()) {
    const auto starts = [&](std::string_view taken) { return key.starts_with(taken); };
    if (!std::ranges::any_of(kTaken, starts)) continue;
    checker.Error(Cat("extraArgs.", key), "other documents say this",
                  "use KubeAuthenticationConfig or KubeAuthorizerConfig");
  }
}

template <class Component>
void CheckComponent(Checker& checker, const Component& config) {
  if (config.has_enabled() && !config.enabled()) return;
  CheckImage(checker, config.image());
  CheckResources(checker, "resources", config.resources());
}

void CheckProxy(Checker& checker, const KubeProxyConfig& config) {
  if (config.has_enabled() && !config.enabled()) return;
  CheckComponent(checker, config);
  if (config.mode() == "iptables" || config.mode() == "ipvs") {
    checker.Warning("mode", Cat("the mode ", config.mode(), " is on its way out"), "use nftables");
  }
  if (config.extra_args_size() > 0) {
    checker.Warning("extraArgs", "flags override the configuration file", "use config");
  }
}

void CheckNode(Checker& checker, const KubeNodeConfig& config) {
  const auto& subnets = config.node_ip().valid_subnets();
  for (int i = 0; i < subnets.size(); ++i) {
    CheckFilter(checker, Cat("nodeIP.validSubnets[", i, "]"), subnets[i]);
  }
  CheckLabels(checker, "labels", config.labels());
  CheckAnnotations(checker, "annotations", config.annotations());
  CheckTaints(checker, "taints", config.taints());
}

// The prefixes of one family in a list of pods' or services' networks.
class SubnetChecker {
 public:
  SubnetChecker(Checker& checker, const KubeNetworkConfig& config)
      : checker_(checker), config_(config) {}

  void Check();

 private:
  using Subnets = google::protobuf::RepeatedPtrField<std::string>;
  void List(std::string_view key, const Subnets& subnets);
  void One(const std::string& path, const common::NetIPPrefix& prefix, bool pods);
  void NodeMask(const std::string& path, int length, int bits, bool v6);

  Checker& checker_;
  const KubeNetworkConfig& config_;
};

int BitsOf(const common::NetIPPrefix& prefix) {
  return static_cast<int>(prefix.ip().size()) * 8;
}

bool IsMasked(const common::NetIPPrefix& prefix) {
  const std::string& bytes = prefix.ip();
  for (int bit = prefix.prefix_length(); bit < BitsOf(prefix); ++bit) {
    const auto byte = static_cast<unsigned char>(bytes[static_cast<size_t>(bit) / 8]);
    if ((byte >> (7U - static_cast<unsigned>(bit) % 8)) % 2 != 0) return false;
  }
  return true;
}

void SubnetChecker::NodeMask(const std::string& path, int length, int bits, bool v6) {
  constexpr int kDefaultV4 = 24;
  constexpr int kDefaultV6 = 64;
  constexpr int kMostNodeBits = 16;
  const auto set = v6 ? config_.node_cidr_mask_size_ipv6() : config_.node_cidr_mask_size_ipv4();
  const int mask = set != 0 ? static_cast<int>(set) : v6 ? std::min(kDefaultV6, bits) : kDefaultV4;
  if (set == 0 && v6 && length > kDefaultV6) return;  // the node masks of such networks are chosen
  if (length > mask) checker_.Error(path, Cat("smaller than the network of one node, /", mask));
  if (mask - length > kMostNodeBits) {
    checker_.Error(path, Cat("larger than the networks of 65536 nodes, /", mask - kMostNodeBits));
  }
}

void SubnetChecker::One(const std::string& path, const common::NetIPPrefix& prefix, bool pods) {
  constexpr int kFewestHostBits = 4;
  constexpr int kMostServiceBits = 20;
  const int bits = BitsOf(prefix);
  const int host_bits = bits - prefix.prefix_length();
  if (!IsMasked(prefix)) checker_.Error(path, "the address has bits behind its prefix");
  if (host_bits < kFewestHostBits) checker_.Error(path, "fewer than 16 addresses");
  if (pods) {
    NodeMask(path, prefix.prefix_length(), bits, bits > 32);
  } else if (host_bits > kMostServiceBits) {
    checker_.Error(path, Cat("more than 2^20 services; at least /", bits - kMostServiceBits));
  }
}

void SubnetChecker::List(std::string_view key, const Subnets& subnets) {
  if (subnets.empty()) return checker_.Error(key, "required");
  if (subnets.size() > 2) checker_.Error(key, "at most one network of each family");
  int seen_v4 = 0;
  int seen_v6 = 0;
  for (int i = 0; i < subnets.size(); ++i) {
    const std::string path = Cat(key, "[", i, "]");
    const auto prefix = ParseNetIPPrefix(subnets[i]);
    if (!prefix || subnets[i].empty()) {
      checker_.Error(path, "no IP prefix");
      continue;
    }
    const int count = BitsOf(*prefix) > 32 ? ++seen_v6 : ++seen_v4;
    if (count == 2) checker_.Error(path, "a second network of the same family");
    One(path, *prefix, key == "podSubnets");
  }
}

void SubnetChecker::Check() {
  List("podSubnets", config_.pod_subnets());
  List("serviceSubnets", config_.service_subnets());
  if (config_.pod_subnets_size() != config_.service_subnets_size()) {
    checker_.Error("serviceSubnets", "as many as podSubnets are required");
  }
  const auto mask = [&](std::string_view key, std::int64_t size, std::int64_t most) {
    if (size < 0 || size > most) checker_.Error(key, Cat("must be from 1 to ", most));
  };
  mask("nodeCIDRMaskSizeIPv4", config_.node_cidr_mask_size_ipv4(), 32);
  mask("nodeCIDRMaskSizeIPv6", config_.node_cidr_mask_size_ipv6(), 128);
}

void CheckNetwork(Checker& checker, const KubeNetworkConfig& config) {
  CheckDnsDomain(checker, "dnsDomain", config.dns_domain());
  SubnetChecker(checker, config).Check();
}

void CheckAuthorizer(Checker& checker, const KubeAuthorizerConfig& config) {
  checker.Require("type", config.type());
  if (config.type() == "Webhook" && config.webhook().fields().empty()) {
    checker.Error("webhook", "required for the type Webhook");
  }
}

void CheckAccepted(Checker& checker,
                   const google::protobuf::RepeatedPtrField<std::string>& certificates) {
  for (int i = 0; i < certificates.size(); ++i) {
    CheckCertificates(checker, Cat("acceptedCAs[", i, "]"), certificates[i]);
  }
}

void CheckServerCa(Checker& checker, const KubeAPIServerCAConfig& config) {
  if (config.has_issuing_ca()) {
    CheckPair(checker, "issuingCA", config.issuing_ca());
  } else if (config.accepted_cas_size() == 0) {
    checker.Error("", "neither issuingCA nor acceptedCAs is set");
  }
  CheckAccepted(checker, config.accepted_cas());
}

void CheckAggregatorCa(Checker& checker, const KubeAggregatorCAConfig& config) {
  CheckAccepted(checker, config.accepted_cas());
  if (!config.has_issuing_ca()) return checker.Error("issuingCA", "required");
  CheckPair(checker, "issuingCA", config.issuing_ca());
}

void CheckServiceAccount(Checker& checker, const KubeServiceAccountConfig& config) {
  checker.Require("issuer.issuerURL", config.issuer().issuer_url());
  CheckPrivateKey(checker, "issuer.privateKey", config.issuer().private_key());
}

void CheckName(Checker& checker, std::string_view name) {
  if (!name.empty() && !IsDnsSubdomain(name)) {
    checker.Error("name", Cat("\"", name,
                              "\" is no DNS subdomain of lower-case letters, digits, "
                              "'-' and '.'"));
  }
}

void CheckApiAccess(Checker& checker, const KubeTalosAPIAccessConfig& config) {
  for (int i = 0; i < config.allowed_roles_size(); ++i) {
    CheckRole(checker, Cat("allowedRoles[", i, "]"), config.allowed_roles(i));
  }
}

void CheckPrism(Checker& checker, const KubePrismConfig& config) {
  if (config.port() < 1 || config.port() > 0xFFFF) {
    checker.Error("port", "must be from 1 to 65535");
  }
}

void CheckManifest(Checker& checker, const KubeExternalManifestConfig& config) {
  CheckName(checker, config.name());
  if (!IsWebUrl(config.url())) checker.Error("url", Cat("\"", config.url(), "\" is no HTTP URL"));
}

void CheckStaticPod(Checker& checker, const KubeStaticPodConfig& config) {
  CheckName(checker, config.name());
  if (config.pod().fields().empty()) checker.Error("pod", "required");
}

void CheckInlineManifest(Checker& checker, const KubeInlineManifestConfig& config) {
  CheckName(checker, config.name());
}

void CheckCluster(Checker& checker, const KubeClusterConfig& config) {
  checker.Require("clusterName", config.cluster_name());
  CheckHttpsEndpoint(checker, "endpoint", config.endpoint());
}

void CheckKubelet(Checker& checker, const KubeletConfig& config) {
  CheckImage(checker, config.image());
  CheckKubeletConfig(checker, "config");
}

void CheckFlannel(Checker& checker, const KubeFlannelCNIConfig& config) {
  checker.Require("backendType", config.backend_type());
  CheckResources(checker, "resources", config.resources());
}

void CheckEncryption(Checker& checker, const KubeEtcdEncryptionConfig& config) {
  if (config.config().fields().empty()) checker.Error("config", "required");
}

}  // namespace

void CheckKubernetes(Checker& checker) {
  Dispatch(checker, CheckApiServer, CheckComponent<KubeControllerManagerConfig>,
           CheckComponent<KubeSchedulerConfig>, CheckProxy, CheckKubelet, CheckNode, CheckCluster,
           CheckNetwork, CheckFlannel, CheckServerCa, CheckAggregatorCa, CheckServiceAccount,
           CheckEncryption, CheckAuthorizer, CheckManifest, CheckInlineManifest, CheckStaticPod,
           CheckPrism, CheckApiAccess);
}

}  // namespace ichor::config
