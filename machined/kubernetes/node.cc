#include "machined/kubernetes/node.h"

#include <algorithm>
#include <format>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

void AddEndpoint(const Endpoint& endpoint, k8s::KubePrismEndpoint::Spec& spec) {
  auto& added = *spec.add_endpoints();
  added.set_host(endpoint.host);
  added.set_port(endpoint.port);
}

}  // namespace

std::string NodenameOf(std::string_view hostname) {
  std::string name;
  for (const char byte : hostname) {
    const char lower = absl::ascii_tolower(static_cast<unsigned char>(byte));
    if (lower == '_') {
      name += '-';
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(lower)) || lower == '-' ||
               lower == '.') {
      name += lower;
    }
  }
  const size_t first = name.find_first_not_of("-.");
  const size_t last = name.find_last_not_of("-.");
  return first == std::string::npos ? "" : name.substr(first, last - first + 1);
}

absl::StatusOr<Desired<k8s::Nodename>> DeriveNodename(
    const All<config::MachineConfig>& configs, const All<network::HostnameStatus>& hostnames) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value() || hostnames.empty()) {
    return Desired<k8s::Nodename>();
  }
  const auto row = hostnames.front();
  const auto node = settings->Node();
  k8s::Nodename::Spec name;
  name.set_nodename(
      NodenameOf(node.register_with_fqdn() ? FullNameOf(row.spec()) : row.spec().hostname()));
  name.set_hostname_version(std::to_string(row.metadata().version));
  name.set_skip_node_registration(node.skip_node_registration());
  if (name.nodename().empty()) {
    return Desired<k8s::Nodename>();
  }
  return Desired<k8s::Nodename>{{"nodename", std::move(name)}};
}

absl::StatusOr<Desired<k8s::NodeIPConfig>> DeriveNodeIpConfig(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return Desired<k8s::NodeIPConfig>();
  }
  k8s::NodeIPConfig::Spec spec;
  const auto networks = settings->Networks();
  for (const std::string& subnet : settings->Node().node_ip().valid_subnets()) {
    if (subnet.starts_with('!')) {
      spec.add_exclude_subnets(subnet.substr(1));
    } else {
      spec.add_valid_subnets(subnet);
    }
  }
  if (spec.valid_subnets().empty()) {
    for (const bool ipv4 : {true, false}) {
      if (HasFamily(networks.service_subnets(), ipv4)) {
        spec.add_valid_subnets(ipv4 ? "0.0.0.0/0" : "::/0");
      }
    }
  }
  spec.mutable_exclude_subnets()->MergeFrom(networks.pod_subnets());
  spec.mutable_exclude_subnets()->MergeFrom(networks.service_subnets());
  return Desired<k8s::NodeIPConfig>{{"kubelet", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::NodeIP>> ChooseNodeIps(const All<config::MachineConfig>& configs,
                                                   const All<k8s::NodeIPConfig>& wishes,
                                                   const All<network::NodeAddress>& addresses) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value() || wishes.empty()) {
    return Desired<k8s::NodeIP>();
  }
  const k8s::NodeIPConfig::Spec& wish = wishes.front().spec();
  std::vector<std::string> networks(wish.valid_subnets().begin(), wish.valid_subnets().end());
  for (const std::string& subnet : wish.exclude_subnets()) {
    networks.push_back("!" + subnet);
  }
  auto own = WithoutVirtual(NodeAddressesOf(addresses, "routed", *settings), settings->config());
  std::erase_if(own, [&networks](const common::NetIP& ip) { return !Matches(ip, networks); });
  k8s::NodeIP::Spec spec;
  for (const bool ipv4 : {true, false}) {
    const auto first = std::ranges::find(own, ipv4, IsIPv4);
    if (first != own.end()) {
      *spec.add_addresses() = *first;
    }
  }
  if (spec.addresses().empty()) {
    return Desired<k8s::NodeIP>();
  }
  return Desired<k8s::NodeIP>{{"kubelet", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::NodeLabelSpec>> DeriveLabels(
    const All<config::MachineConfig>& configs) {
  Desired<k8s::NodeLabelSpec> rows;
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return rows;
  }
  const auto node = settings->Node();
  std::map<std::string, std::string> labels(node.labels().begin(), node.labels().end());
  if (settings->IsControlPlaneType()) {
    labels["node-role.kubernetes.io/control-plane"] = "";
  }
  for (const auto& [key, value] : labels) {
    k8s::NodeLabelSpec::Spec label;
    label.set_key(key);
    label.set_value(value);
    rows.Add(key, std::move(label));
  }
  return rows;
}

absl::StatusOr<Desired<k8s::NodeAnnotationSpec>> DeriveAnnotations(
    const All<config::MachineConfig>& configs) {
  Desired<k8s::NodeAnnotationSpec> rows;
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return rows;
  }
  const auto node = settings->Node();
  for (const auto& [key, value] : node.annotations()) {
    k8s::NodeAnnotationSpec::Spec annotation;
    annotation.set_key(key);
    annotation.set_value(value);
    rows.Add(key, std::move(annotation));
  }
  return rows;
}

absl::StatusOr<Desired<k8s::NodeTaintSpec>> DeriveTaints(
    const All<config::MachineConfig>& configs) {
  Desired<k8s::NodeTaintSpec> rows;
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return rows;
  }
  const auto node = settings->Node();
  for (const auto& [key, text] : node.taints()) {
    rows.Add(key, TaintOf(key, text));
  }
  return rows;
}

k8s::NodeTaintSpec::Spec TaintOf(std::string_view key, std::string_view text) {
  k8s::NodeTaintSpec::Spec taint;
  taint.set_key(std::string(key));
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    taint.set_effect(std::string(text));
  } else {
    taint.set_value(std::string(text.substr(0, colon)));
    taint.set_effect(std::string(text.substr(colon + 1)));
  }
  return taint;
}

absl::StatusOr<Desired<k8s::KubePrismEndpoint>> DeriveKubePrismEndpoints(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return Desired<k8s::KubePrismEndpoint>();
  }
  k8s::KubePrismEndpoint::Spec spec;
  AddEndpoint(EndpointOf(settings->Cluster().endpoint()), spec);
  if (settings->IsControlPlaneType()) {
    AddEndpoint(
        {.host = "localhost", .port = static_cast<std::uint32_t>(settings->ApiServer().api_port())},
        spec);
  }
  return Desired<k8s::KubePrismEndpoint>{{"k8s-cluster", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::KubePrismConfig>> DeriveKubePrism(
    const All<config::MachineConfig>& configs, const All<k8s::KubePrismEndpoint>& endpoints) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value() || endpoints.empty() || settings->KubePrism().port() == 0) {
    return Desired<k8s::KubePrismConfig>();
  }
  k8s::KubePrismConfig::Spec spec;
  spec.set_host("127.0.0.1");
  spec.set_port(settings->KubePrism().port());
  *spec.mutable_endpoints() = endpoints.front().spec().endpoints();
  return Desired<k8s::KubePrismConfig>{{"k8s-loadbalancer-config", std::move(spec)}};
}

}  // namespace ichor
