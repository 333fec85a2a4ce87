#include "networkd/link/policy.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "ichor/resource.pb.h"
#include "networkd/cmdline/arguments.h"
#include "networkd/link/select.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::LinkSpec;
using network::LinkStatus;
using network::OperatorSpec;

constexpr std::uint32_t kDefaultRouteMetric = 1024;

bool IsUp(const LinkStatus::Spec& link) {
  return (link.flags() & ichor::definitions::LINK_UP) != 0;
}

// The links that talos.network.interface.ignore= or the config says to leave alone.
std::set<std::string> Ignored(const Links& links, const All<runtime::KernelCmdline>& cmdline,
                              const ConfigurationRows& configuration) {
  std::set<std::string> names;
  for (const auto& row : cmdline) {
    for (const std::string& name : ParseNetworkArguments(row.spec().cmdline()).ignored) {
      const std::optional<ResolvedLink> link = ResolveLink(links, name);
      names.insert(link.has_value() ? link->name : name);
    }
  }
  for (const auto& row : configuration) {
    for (const definitions::NetworkDevice& device : row.spec().devices()) {
      if (device.ignore()) {
        std::ranges::move(LinksMeant(device.which(), links), std::inserter(names, names.end()));
      }
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<Desired<Wished<LinkSpec>>> DefaultLinks(const All<LinkStatus>& links,
                                                       const All<runtime::KernelCmdline>& cmdline,
                                                       const ConfigurationRows& configuration) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  const std::set<std::string> ignored = Ignored(links, cmdline, configuration);
  Desired<Wished<LinkSpec>> rows;
  for (const auto& link : links) {
    const bool loopback = link.spec().type() == enums::LINK_LOOPBCK;
    if ((!loopback && !IsPhysical(link.spec())) || ignored.contains(link.id())) {
      continue;
    }
    LinkSpec::Spec spec;
    spec.set_name(link.id());
    spec.set_up(true);
    spec.set_type(link.spec().type());
    spec.set_config_layer(enums::CONFIG_DEFAULT);
    rows.Add("default/" + link.id(), std::move(spec));
  }
  return rows;
}

absl::StatusOr<Desired<LinkSpec>> MergeLinks(const All<Wished<LinkSpec>>& wishes) {
  std::vector<const LinkSpec::Spec*> sorted;
  for (const auto& wish : wishes) {
    sorted.push_back(&wish.spec());
  }
  std::ranges::stable_sort(sorted, {}, [](const auto* spec) { return spec->config_layer(); });
  std::map<std::string, LinkSpec::Spec> merged;
  for (const LinkSpec::Spec* spec : sorted) {
    LinkSpec::Spec& link = merged[spec->name()];
    // Lists of a higher layer replace, where MergeFrom would append.
    if (spec->wireguard().peers_size() > 0) {
      link.mutable_wireguard()->clear_peers();
    }
    if (spec->bond_master().arp_ip_targets_size() > 0) {
      link.mutable_bond_master()->clear_arp_ip_targets();
    }
    if (spec->bond_master().ns_ip6_targets_size() > 0) {
      link.mutable_bond_master()->clear_ns_ip6_targets();
    }
    link.MergeFrom(*spec);
  }
  Desired<LinkSpec> rows;
  for (auto& [name, link] : merged) {
    rows.Add(name, std::move(link));
  }
  return rows;
}

std::string OperatorId(const OperatorSpec::Spec& spec) {
  switch (spec.operator_()) {
    case enums::OPERATOR_DHCP6:
      return "dhcp6/" + spec.link_name();
    case enums::OPERATOR_VIP:
      return std::format("vip/{}", spec.link_name());
    default:
      return "dhcp4/" + spec.link_name();
  }
}

absl::StatusOr<Desired<Wished<OperatorSpec>>> DefaultOperators(
    const All<LinkStatus>& links, const All<Wished<LinkSpec>>& wishes,
    const All<runtime::KernelCmdline>& cmdline, const ConfigurationRows& configuration) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  if (!configuration.front().spec().dhcp_by_default()) {
    return Desired<Wished<OperatorSpec>>{};
  }
  std::set<std::string> configured = Ignored(links, cmdline, configuration);
  for (const auto& wish : wishes) {
    if (wish.spec().config_layer() != enums::CONFIG_DEFAULT &&
        wish.spec().config_layer() != enums::CONFIG_OPERATOR) {
      const std::optional<ResolvedLink> link = ResolveLink(links, wish.spec().name());
      configured.insert(link.has_value() ? link->name : wish.spec().name());
    }
  }
  Desired<Wished<OperatorSpec>> rows;
  for (const auto& link : links) {
    if (!IsPhysical(link.spec()) || configured.contains(link.id())) {
      continue;
    }
    OperatorSpec::Spec spec;
    spec.set_operator_(enums::OPERATOR_DHCP4);
    spec.set_link_name(link.id());
    spec.set_require_up(true);
    spec.mutable_dhcp4()->set_route_metric(kDefaultRouteMetric);
    spec.mutable_dhcp4()->mutable_client_identifier()->set_client_identifier(
        enums::CLIENT_IDENTIFIER_MAC);
    spec.set_config_layer(enums::CONFIG_DEFAULT);
    std::string id = "default/" + OperatorId(spec);
    rows.Add(std::move(id), std::move(spec));
  }
  return rows;
}

absl::StatusOr<Desired<OperatorSpec>> MergeOperators(const All<Wished<OperatorSpec>>& wishes) {
  return HighestLayer<OperatorSpec>(wishes, OperatorId);
}

std::vector<LinkStep> PlanLinks(const All<LinkSpec>& desired, const Links& observed) {
  std::vector<LinkStep> steps;
  for (const auto& row : desired) {
    const std::optional<ResolvedLink> link = ResolveLink(observed, row.spec().name());
    if (!link.has_value()) {
      steps.push_back({.id = row.id(), .link = {}, .missing = true});
      continue;
    }
    const LinkStatus::Spec& status = observed.find(link->name)->spec();
    const bool up = IsUp(status);
    const std::uint32_t mtu = row.spec().mtu();
    steps.push_back({.id = row.id(),
                     .link = *link,
                     .bring_up = row.spec().up() && !up,
                     .bring_down = !row.spec().up() && up,
                     .mtu = mtu != status.mtu() ? mtu : 0});
  }
  return steps;
}

}  // namespace ichor::networkd
