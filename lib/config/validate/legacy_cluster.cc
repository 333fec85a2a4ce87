#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "config/legacy.pb.h"
#include "lib/config/validate/kubernetes_image.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

using v1alpha1::Cluster;

void CheckEtcd(Checker& checker, const Cluster& cluster, bool control_plane) {
  if (!cluster.has_etcd()) return;
  const auto& etcd = cluster.etcd();
  if (!control_plane) {
    return checker.Error("cluster.etcd", "only a control plane runs etcd", "remove it");
  }
  if (!etcd.has_ca()) checker.Error("cluster.etcd.ca", "required on a control plane");
  if (!etcd.subnet().empty() && etcd.advertised_subnets_size() > 0) {
    checker.Error("cluster.etcd.subnet", "cannot be used together with advertisedSubnets");
  }
  for (int i = 0; i < etcd.advertised_subnets_size(); ++i) {
    CheckFilter(checker, Cat("cluster.etcd.advertisedSubnets[", i, "]"),
                etcd.advertised_subnets(i));
  }
  for (int i = 0; i < etcd.listen_subnets_size(); ++i) {
    CheckFilter(checker, Cat("cluster.etcd.listenSubnets[", i, "]"), etcd.listen_subnets(i));
  }
}

void CheckCni(Checker& checker, const Cluster& cluster) {
  const auto& cni = cluster.network().cni();
  const std::string_view name = cni.name().empty() ? "flannel" : std::string_view(cni.name());
  const bool flannel = name == "flannel";
  if (name != "custom" && cni.urls_size() > 0) {
    checker.Error("cluster.network.cni.urls", Cat("cannot be used with the CNI \"", name, "\""),
                  "set cluster.network.cni.name: custom");
  }
  const bool options =
      cni.flannel().extra_args_size() > 0 || cni.flannel().kube_network_policies_enabled();
  if (!flannel && options) {
    checker.Error("cluster.network.cni.flannel", Cat("cannot be used with the CNI \"", name, "\""));
  }
  if (name == "custom" && cni.urls_size() == 0) {
    checker.Warning("cluster.network.cni.urls", "a custom CNI without URLs installs nothing");
  }
  for (int i = 0; i < cni.urls_size(); ++i) {
    if (IsWebUrl(cni.urls(i))) continue;
    checker.Error(Cat("cluster.network.cni.urls[", i, "]"),
                  Cat("\"", cni.urls(i), "\" is no HTTP URL"));
  }
}

void CheckCloudProvider(Checker& checker, const Cluster& cluster) {
  const auto& provider = cluster.external_cloud_provider();
  if (!provider.enabled() && provider.manifests_size() > 0) {
    checker.Error("cluster.externalCloudProvider",
                  "manifests are listed, but the provider is not enabled", "set enabled: true");
  }
  for (int i = 0; i < provider.manifests_size(); ++i) {
    if (IsWebUrl(provider.manifests(i))) continue;
    checker.Error(Cat("cluster.externalCloudProvider.manifests[", i, "]"),
                  Cat("\"", provider.manifests(i), "\" is no HTTP URL"));
  }
}

void CheckManifests(Checker& checker, const Cluster& cluster) {
  std::set<std::string> names;
  for (int i = 0; i < cluster.inline_manifests_size(); ++i) {
    const std::string& name = cluster.inline_manifests(i).name();
    const std::string path = Cat("cluster.inlineManifests[", i, "].name");
    checker.Require(path, name);
    if (!name.empty() && !names.insert(name).second) {
      checker.Error(path, Cat("duplicate inline manifest \"", name, "\""));
    }
  }
}

void CheckApiServer(Checker& checker, const Cluster& cluster) {
  const auto& server = cluster.api_server();
  CheckResources(checker, "cluster.apiServer.resources", server.resources());
  CheckKubernetesImage(checker, "cluster.apiServer.image", server.image());
  if (server.authorization_config_size() > 0) {
    for (const auto& [key, value] : server.extra_args()) {
      if (key != "authorization-mode" && !key.starts_with("authorization-webhook-")) continue;
      checker.Error(Cat("cluster.apiServer.extraArgs.", key),
                    "cannot be used together with authorizationConfig");
    }
  }
  for (int i = 0; i < server.authorization_config_size(); ++i) {
    const auto& authorizer = server.authorization_config(i);
    const std::string path = Cat("cluster.apiServer.authorizationConfig[", i, "]");
    checker.Require(Cat(path, ".name"), authorizer.name());
    const std::string& type = authorizer.type();
    if (type != "Node" && type != "RBAC" && type != "Webhook") {
      checker.Error(Cat(path, ".type"), Cat("got \"", type, "\", expected Node, RBAC or Webhook"));
    }
    if (type == "Webhook" && authorizer.webhook().fields().empty()) {
      checker.Error(Cat(path, ".webhook"), "required for the type Webhook");
    }
  }
}

void CheckDiscovery(Checker& checker, const Cluster& cluster) {
  const auto& discovery = cluster.discovery();
  const auto& service = discovery.registries().service();
  if (!discovery.enabled() || service.disabled()) return;
  if (!service.endpoint().empty()) {
    const UrlParts url = SplitUrl(service.endpoint());
    const std::string_view path = "cluster.discovery.registries.service.endpoint";
    if (url.host.empty()) checker.Error(path, Cat("\"", service.endpoint(), "\" is no URL"));
    if (!url.path.empty() && url.path != "/") checker.Error(path, "the endpoint has a path");
  }
  if (cluster.id().empty()) checker.Error("cluster.id", "required for the discovery service");
  if (cluster.secret().empty()) {
    checker.Error("cluster.secret", "required for the discovery service");
  }
}

}  // namespace

void CheckLegacyCluster(Checker& checker) {
  const auto& config = static_cast<const v1alpha1::LegacyConfig&>(*checker.document().message);
  if (!checker.Has("cluster")) return checker.Error("cluster", "cluster instructions are required");
  const Cluster& cluster = config.cluster();
  const bool control_plane = IsControlPlaneType(config.machine().type());
  if (cluster.has_control_plane()) {
    CheckHttpsEndpoint(checker, "cluster.controlPlane.endpoint",
                       cluster.control_plane().endpoint());
  }
  CheckDnsDomain(checker, "cluster.network.dnsDomain", cluster.network().dns_domain());
  if (control_plane && cluster.has_network()) CheckCni(checker, cluster);
  CheckEtcd(checker, cluster, control_plane);
  if (!control_plane && !cluster.ca().key().empty()) {
    checker.Error("cluster.ca.key", "a worker must not have the CA's key", "remove it");
  }
  CheckCloudProvider(checker, cluster);
  CheckManifests(checker, cluster);
  CheckDiscovery(checker, cluster);
  CheckApiServer(checker, cluster);
  CheckResources(checker, "cluster.controllerManager.resources",
                 cluster.controller_manager().resources());
  CheckResources(checker, "cluster.scheduler.resources", cluster.scheduler().resources());
  CheckKubernetesImage(checker, "cluster.controllerManager.image",
                       cluster.controller_manager().image());
  CheckKubernetesImage(checker, "cluster.scheduler.image", cluster.scheduler().image());
}

}  // namespace ichor::config
