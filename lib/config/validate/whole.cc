// What one document says of the others.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/container.pb.h"
#include "config/discovery.pb.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "config/network.pb.h"
#include "lib/config/validate/conflicts.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

using v1alpha1::ContainerConfig;
using v1alpha1::LegacyConfig;

// Finds a document again to report about it.
class WholeChecker {
 public:
  WholeChecker(const Config& config, Findings& findings) : config_(config), findings_(findings) {}

  void Error(const Document& document, std::string_view path, std::string message,
             std::string fix = "") {
    Checker(document, findings_).Error(path, std::move(message), std::move(fix));
  }

  void ControlPlaneOnly();
  void LegacyConflicts();
  void HostDns(Mode mode);
  void Discovery();
  void Kubespan();
  void EtcdEncryption();
  void Dependencies();

 private:
  const LegacyConfig& Legacy() const {
    const auto* legacy = config_.Get<LegacyConfig>();
    return legacy == nullptr ? LegacyConfig::default_instance() : *legacy;
  }
  template <class Message>
  const Document* DocumentOf() const {
    return config_.Find(*Message::descriptor());
  }
  const Document& First() const { return config_.documents().front(); }
  bool HasDiscovery() const;

  const Config& config_;
  Findings& findings_;
};

void WholeChecker::ControlPlaneOnly() {
  if (IsControlPlane(config_)) return;
  for (const Document& document : config_.documents()) {
    if (!document.kind->option->control_plane_only()) continue;
    Error(document, "", Cat(document.kind->name, " is only for a control plane"),
          "remove it, or set machine.type: controlplane");
  }
}

void WholeChecker::LegacyConflicts() {
  const Document* legacy = DocumentOf<LegacyConfig>();
  if (legacy == nullptr) return;
  Checker checker(*legacy, findings_);
  for (const LegacyConflict& conflict : AllLegacyConflicts()) {
    const Kind* kind = FindKind(conflict.kind);
    const Document* document = config_.Find(*kind->shape->type);
    if (document == nullptr || !checker.Has(conflict.path)) continue;
    const bool by_name = !conflict.name.empty();
    if (by_name && config_.Find(*kind, conflict.name) == nullptr) continue;
    checker.Error(conflict.path, Cat("is set, and ", conflict.kind, " is there too"),
                  Cat("say it in ", conflict.kind, " only"));
  }
}

void WholeChecker::HostDns(Mode mode) {
  const auto* resolver = config_.Get<v1alpha1::ResolverConfig>();
  const bool in_document = resolver != nullptr && resolver->has_host_dns();
  const auto& dns = in_document ? resolver->host_dns() : Legacy().machine().features().host_dns();
  if (mode == Mode::kContainer && (!dns.enabled() || !dns.forward_kube_dns_to_host())) {
    Error(First(), "", "in a container hostDNS must be enabled and forward the cluster's DNS",
          "set ResolverConfig.hostDNS.enabled and forwardKubeDNSToHost");
  }
  if (resolver == nullptr || dns.enabled()) return;
  for (int i = 0; i < resolver->nameservers_size(); ++i) {
    const std::string& protocol = resolver->nameservers(i).protocol();
    if (protocol != "DoT" && protocol != "DoH") continue;
    Error(*DocumentOf<v1alpha1::ResolverConfig>(), Cat("nameservers[", i, "].protocol"),
          Cat(protocol, " needs hostDNS to be enabled"));
  }
}

bool WholeChecker::HasDiscovery() const {
  const auto& discovery = Legacy().cluster().discovery();
  return DocumentOf<v1alpha1::DiscoveryServiceConfig>() != nullptr || discovery.enabled();
}

void WholeChecker::Discovery() {
  const Document* service = DocumentOf<v1alpha1::DiscoveryServiceConfig>();
  if (service == nullptr) return;
  const auto* identity = config_.Get<v1alpha1::DiscoveryIdentityConfig>();
  const auto& cluster = Legacy().cluster();
  const bool legacy = !cluster.id().empty() && !cluster.secret().empty();
  if (identity != nullptr || legacy) return;
  Error(*service, "", "discovery needs the cluster's identity", "add DiscoveryIdentityConfig");
}

void WholeChecker::Kubespan() {
  const auto* kubespan = config_.Get<v1alpha1::KubeSpanConfig>();
  if (kubespan != nullptr && kubespan->enabled() && !HasDiscovery()) {
    Error(*DocumentOf<v1alpha1::KubeSpanConfig>(), "enabled", "KubeSpan needs cluster discovery",
          "add DiscoveryServiceConfig");
  }
  if (Legacy().machine().network().kubespan().enabled() && !HasDiscovery()) {
    Error(*DocumentOf<LegacyConfig>(), "machine.network.kubespan.enabled",
          "KubeSpan needs cluster discovery", "enable cluster.discovery");
  }
}

void WholeChecker::EtcdEncryption() {
  const auto* ca = config_.Get<v1alpha1::KubeAPIServerCAConfig>();
  const auto& cluster = Legacy().cluster();
  const bool has_ca = cluster.has_ca() || (ca != nullptr && ca->has_issuing_ca());
  const bool has_secret = !cluster.secretbox_encryption_secret().empty() ||
                          !cluster.aescbc_encryption_secret().empty() ||
                          DocumentOf<v1alpha1::KubeEtcdEncryptionConfig>() != nullptr;
  if (!IsControlPlane(config_) || !has_ca || has_secret) return;
  Error(First(), "", "a control plane needs encryption of secrets in etcd",
        "add KubeEtcdEncryptionConfig");
}

void WholeChecker::Dependencies() {
  std::map<std::string, const ContainerConfig*> containers;
  for (const ContainerConfig* container : config_.All<ContainerConfig>()) {
    containers[container->name()] = container;
  }
  // What is left when those whose dependencies are all known are taken away again and again.
  std::set<std::string> settled;
  for (bool progress = true; progress;) {
    progress = false;
    for (const auto& [name, container] : containers) {
      const auto known = [&](const std::string& other) {
        return settled.contains(other) || !containers.contains(other);
      };
      if (settled.contains(name)) continue;
      if (!std::ranges::all_of(container->depends_on().containers(), known)) continue;
      settled.insert(name);
      progress = true;
    }
  }
  for (const auto& [name, container] : containers) {
    const Document& document = *config_.Find(*FindKind("ContainerConfig"), name);
    if (!settled.contains(name)) {
      Error(document, "dependsOn.containers", "the containers wait for each other");
    }
    for (int i = 0; i < container->depends_on().containers_size(); ++i) {
      const std::string& other = container->depends_on().containers(i);
      if (containers.contains(other)) continue;
      Error(document, Cat("dependsOn.containers[", i, "]"),
            Cat("no container is called \"", other, "\""));
    }
  }
}

}  // namespace

bool IsControlPlane(const Config& config) {
  const auto* legacy = config.Get<LegacyConfig>();
  return legacy != nullptr && IsControlPlaneType(legacy->machine().type());
}

void CheckWhole(const Config& config, const ValidateOptions& options, Findings& findings) {
  WholeChecker checker(config, findings);
  checker.ControlPlaneOnly();
  checker.LegacyConflicts();
  checker.HostDns(options.mode);
  checker.Discovery();
  checker.Kubespan();
  checker.EtcdEncryption();
  checker.Dependencies();
}

}  // namespace ichor::config
