#include "networkd/platform/policy.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "networkd/address/policy.h"
#include "networkd/link/policy.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::LinkSpec;
using network::PlatformConfig;

constexpr const char* kLayer = "platform/";

// As the kernel calls the link, if it is there.
std::string NameOf(const std::string& name, const Links& links) {
  const std::optional<ResolvedLink> link = ResolveLink(links, name);
  return link.has_value() ? link->name : name;
}

// Rows of one type by id; the later of two counts.
template <class T>
class Wishes {
 public:
  void Set(const std::string& id, typename T::Spec spec) {
    spec.set_config_layer(enums::CONFIG_PLATFORM);
    rows_.insert_or_assign(kLayer + id, std::move(spec));
  }

  Desired<Wished<T>> Take() && {
    Desired<Wished<T>> desired;
    for (auto& [id, spec] : rows_)
      desired.Add(id, std::move(spec));
    return desired;
  }

 private:
  std::map<std::string, typename T::Spec> rows_;
};

Desired<Wished<LinkSpec>> WishLinks(const PlatformConfig::Spec& config, const Links& links) {
  Wishes<LinkSpec> wishes;
  for (LinkSpec::Spec link : config.links()) {
    if (!link.logical()) link.set_name(NameOf(link.name(), links));
    if (!link.parent_name().empty()) link.set_parent_name(NameOf(link.parent_name(), links));
    wishes.Set(link.name(), link);
  }
  return std::move(wishes).Take();
}

template <class T, class Rows, class IdOf>
Desired<Wished<T>> WishOnLinks(const Rows& rows, const Links& links, IdOf id_of) {
  Wishes<T> wishes;
  for (typename T::Spec spec : rows) {
    spec.set_link_name(NameOf(spec.link_name(), links));
    wishes.Set(id_of(spec), spec);
  }
  return std::move(wishes).Take();
}

Desired<Wished<network::RouteSpec>> WishRoutes(const PlatformConfig::Spec& config,
                                               const Links& links) {
  Wishes<network::RouteSpec> wishes;
  for (network::RouteSpec::Spec route : config.routes()) {
    route.set_out_link_name(NameOf(route.out_link_name(), links));
    wishes.Set(RouteId(route), route);
  }
  return std::move(wishes).Take();
}

// All that is said is one wish: there may be several descriptions.
template <class T, class Rows>
Desired<Wished<T>> WishTogether(const std::string& id, const Rows& rows) {
  Wishes<T> wishes;
  typename T::Spec all;
  for (const auto& spec : rows)
    all.MergeFrom(spec);
  if (!rows.empty()) wishes.Set(id, all);
  return std::move(wishes).Take();
}

}  // namespace

absl::StatusOr<PlatformWishes> WishPlatform(const PlatformConfigs& configs, const Links& links) {
  if (configs.empty()) {
    return NotConfiguredYet();
  }
  const PlatformConfig::Spec& config = configs.front().spec();  // "active" is before "cached"
  return PlatformWishes{
      WishLinks(config, links),
      WishOnLinks<network::AddressSpec>(config.addresses(), links, AddressId),
      WishRoutes(config, links),
      WishOnLinks<network::OperatorSpec>(config.operators(), links, OperatorId),
      WishTogether<network::ResolverSpec>("resolvers", config.resolvers()),
      WishTogether<network::TimeServerSpec>("timeservers", config.time_servers())};
}

}  // namespace ichor::networkd
