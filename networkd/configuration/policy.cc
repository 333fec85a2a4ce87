#include "networkd/configuration/policy.h"

#include <cstdint>
#include <format>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "networkd/address/policy.h"
#include "networkd/link/select.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

using definitions::NetworkDevice;
using network::LinkSpec;

constexpr const char* kLayer = "configuration/";

// The rows of one type by id; the later of two replaces the other.
template <class T>
class Wishes {
 public:
  void Set(const std::string& id, typename T::Spec spec) {
    rows_.insert_or_assign(kLayer + id, std::move(spec));
  }

  typename T::Spec& At(const std::string& id) { return rows_[kLayer + id]; }

  Desired<Wished<T>> Take() && {
    Desired<Wished<T>> desired;
    for (auto& [id, spec] : rows_)
      desired.Add(id, std::move(spec));
    return desired;
  }

 private:
  std::map<std::string, typename T::Spec> rows_;
};

class Builder {
 public:
  explicit Builder(const Links& links) : links_(links) {}

  void Add(const NetworkDevice& device) {
    if (device.ignore()) return;
    for (const std::string& name : LinksMeant(device.which(), links_)) {
      if (device.vlan_on_it()) {
        AddDevice(device, VlanName(name, device.link().vlan().vid()), name);
      } else {
        AddDevice(device, name, device.link().parent_name());
      }
    }
  }

  // One over no link.
  void Add(const network::RouteSpec::Spec& route) { routes_.Set(RouteId(route), route); }

  ConfiguredWishes Finish(const network::NetworkConfiguration::Spec& spec) && {
    ConfiguredWishes wishes{std::move(link_wishes_).Take(),
                            std::move(addresses_).Take(),
                            std::move(routes_).Take(),
                            std::move(operators_).Take(),
                            {},
                            {}};
    if (spec.has_resolvers()) {
      std::get<4>(wishes).Add(std::string(kLayer) + "resolvers", spec.resolvers());
    }
    if (spec.has_time_servers()) {
      std::get<5>(wishes).Add(std::string(kLayer) + "timeservers", spec.time_servers());
    }
    return wishes;
  }

 private:
  void AddDevice(const NetworkDevice& device, const std::string& name, const std::string& parent) {
    if (device.has_link()) {
      LinkSpec::Spec& link = link_wishes_.At(name);
      link.MergeFrom(device.link());
      link.set_up(device.link().up());
      link.set_name(name);
      if (!parent.empty()) link.set_parent_name(NameOf(parent));
      if (link.has_bridge_slave()) {
        link.mutable_bridge_slave()->set_master_name(NameOf(link.bridge_slave().master_name()));
      }
    }
    for (network::AddressSpec::Spec address : device.addresses()) {
      address.set_link_name(name);
      addresses_.Set(AddressId(address), address);
    }
    for (network::RouteSpec::Spec route : device.routes()) {
      route.set_out_link_name(name);
      routes_.Set(RouteId(route), route);
    }
    for (network::OperatorSpec::Spec spec : device.operators()) {
      spec.set_link_name(name);
      operators_.Set(OperatorId(spec), spec);
    }
    AddMembers(device, name);
  }

  void AddMembers(const NetworkDevice& device, const std::string& master) {
    std::int64_t place = 0;
    for (const definitions::LinkReference& member : device.members()) {
      for (const std::string& name : LinksMeant(member, links_)) {
        LinkSpec::Spec& link = link_wishes_.At(name);
        link.set_name(name);
        link.set_up(true);
        link.set_config_layer(device.link().config_layer());
        if (device.link().kind() == "bond") {
          link.mutable_bond_slave()->set_master_name(master);
          link.mutable_bond_slave()->set_slave_index(place++);
        } else {
          link.mutable_bridge_slave()->set_master_name(master);
        }
      }
    }
  }

  std::string NameOf(const std::string& name) const {
    const std::optional<ResolvedLink> link = ResolveLink(links_, name);
    return link.has_value() ? link->name : name;
  }

  const Links& links_;
  Wishes<LinkSpec> link_wishes_;
  Wishes<network::AddressSpec> addresses_;
  Wishes<network::RouteSpec> routes_;
  Wishes<network::OperatorSpec> operators_;
};

}  // namespace

absl::StatusOr<ConfiguredWishes> WishConfiguration(const ConfigurationRows& configuration,
                                                   const Links& links) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  const network::NetworkConfiguration::Spec& spec = configuration.front().spec();
  Builder builder(links);
  for (const NetworkDevice& device : spec.devices())
    builder.Add(device);
  for (const network::RouteSpec::Spec& route : spec.routes())
    builder.Add(route);
  return std::move(builder).Finish(spec);
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseLinkNames(
    const ConfigurationRows& configuration, const Links& links) {
  if (configuration.empty()) return NotConfiguredYet();
  runtime::Diagnostic::Spec diagnostic;
  std::set<std::string> seen;
  for (const auto& row : configuration) {
    for (const NetworkDevice& device : row.spec().devices()) {
      const std::string& name = device.which().name();
      const std::optional<ResolvedLink> link = ResolveLink(links, name);
      if (!link.has_value() || !link->guessed || !seen.insert(name).second) continue;
      diagnostic.set_message(std::format(
          "there is no link {}: taken to mean {}, the only network card", name, link->name));
      diagnostic.add_details(std::format(
          "name the link {} in the config, so that another card changes nothing", link->name));
    }
  }
  if (seen.empty()) return Desired<runtime::Diagnostic>{};
  return Desired<runtime::Diagnostic>{{"link-name-guessed", std::move(diagnostic)}};
}

}  // namespace ichor::networkd
