#include "networkd/route/policy.h"

#include <algorithm>
#include <format>
#include <optional>
#include <utility>

#include "ichor/resource.pb.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::RouteSpec;

constexpr std::size_t kV6Bytes = 16;
constexpr std::uint32_t kDefaultV6Priority = 1024;  // the kernel's, where none is said
constexpr std::uint32_t kOnLink = 4;                // RTNH_F_ONLINK

bool IsV6(const RouteSpec::Spec& spec) {
  return spec.family() == enums::FAMILY_INET6;
}

bool Covers(const Subnet& subnet, const std::string& address) {
  if (subnet.address.size() != address.size()) {
    return false;
  }
  for (std::uint32_t bit = 0; bit < subnet.prefix_length; ++bit) {
    const auto mask = static_cast<char>(0x80U >> (bit % 8));
    if ((subnet.address[bit / 8] & mask) != (address[bit / 8] & mask)) {
      return false;
    }
  }
  return true;
}

KernelRoute ToKernel(const RouteSpec::Spec& spec, std::uint32_t link) {
  KernelRoute route{.v6 = IsV6(spec),
                    .destination = spec.destination().ip(),
                    .prefix_length = static_cast<std::uint32_t>(spec.destination().prefix_length()),
                    .gateway = spec.gateway().ip(),
                    .source = spec.source().ip(),
                    .link = link,
                    .table = static_cast<std::uint32_t>(spec.table()),
                    .priority = spec.priority(),
                    .scope = static_cast<std::uint32_t>(spec.scope()),
                    .type = static_cast<std::uint32_t>(spec.type()),
                    .mtu = spec.mtu()};
  if (route.prefix_length == 0) {
    route.destination.clear();
  }
  if (route.type == enums::TYPE_UNSPEC) {
    route.type = enums::TYPE_UNICAST;
  }
  if (route.table == enums::TABLE_UNSPEC) {
    route.table = enums::TABLE_MAIN;
  }
  if (DropsPackets(route.type)) {
    route.link = 0;
  }
  if (route.v6) {
    route.scope = enums::SCOPE_GLOBAL;
    route.priority = route.priority == 0 ? kDefaultV6Priority : route.priority;
  } else if (route.gateway.empty() && route.scope == enums::SCOPE_GLOBAL &&
             !DropsPackets(route.type)) {
    route.scope = enums::SCOPE_LINK;
  }
  return route;
}

std::string Waiting(const RouteSpec::Spec& spec, const Links& links,
                    const std::optional<ResolvedLink>& link, const std::vector<Subnet>& subnets) {
  if (DropsPackets(spec.type())) {
    return "";
  }
  if (!link.has_value()) {
    return std::format("waits for link {}", spec.out_link_name());
  }
  const auto status = links.find(link->name);
  if ((status->spec().flags() & ichor::definitions::LINK_UP) == 0) {
    return std::format("waits for {} to be up", link->name);
  }
  const std::string& gateway = spec.gateway().ip();
  const bool in_reach = gateway.empty() || (spec.flags() & kOnLink) != 0 ||
                        gateway.size() == kV6Bytes ||
                        std::ranges::any_of(subnets, [&](const Subnet& subnet) {
                          return subnet.link == link->index && Covers(subnet, gateway);
                        });
  return in_reach ? ""
                  : std::format("waits for an address that reaches {}", ToText(spec.gateway()));
}

// Whether a step is about this route. One whose link is not there may be about a link that was just
// renamed: its routes stay until the wishes have followed.
bool IsFor(const RoutePlan::Step& step, KernelRoute route) {
  if (step.route.link == 0) {
    route.link = 0;
  }
  return step.route == route;
}

}  // namespace

bool DropsPackets(std::uint32_t type) {
  return type == enums::TYPE_BLACKHOLE || type == enums::TYPE_UNREACHABLE ||
         type == enums::TYPE_PROHIBIT;
}

std::string RouteId(const RouteSpec::Spec& spec) {
  const bool main = spec.table() == enums::TABLE_MAIN || spec.table() == enums::TABLE_UNSPEC;
  const std::string table =
      main ? "" : std::format("{}/", static_cast<std::uint32_t>(spec.table()));
  const std::string link =
      IsV6(spec) && !spec.out_link_name().empty() ? spec.out_link_name() + "/" : "";
  const std::string destination =
      spec.destination().prefix_length() == 0 ? "" : ToText(spec.destination());
  return std::format("{}{}{}/{}/{}/{}", table, link, IsV6(spec) ? "inet6" : "inet4",
                     ToText(spec.gateway()), destination, spec.priority());
}

absl::StatusOr<Desired<RouteSpec>> MergeRoutes(const All<Wished<RouteSpec>>& wishes) {
  return HighestLayer<RouteSpec>(wishes, RouteId);
}

RoutePlan PlanRoutes(const All<RouteSpec>& desired, const Links& links,
                     const std::vector<KernelRoute>& ours, std::vector<Subnet> subnets) {
  RoutePlan plan;
  std::vector<const RouteSpec::Spec*> specs;
  for (const auto& row : desired) {
    const std::optional<ResolvedLink> link = ResolveLink(links, row.spec().out_link_name());
    RoutePlan::Step step{.id = row.id(),
                         .route = ToKernel(row.spec(), link.has_value() ? link->index : 0)};
    const bool has_place = link.has_value() || DropsPackets(step.route.type);
    step.there = has_place && std::ranges::contains(ours, step.route);
    if (row.spec().gateway().ip().empty() && step.route.link != 0) {
      subnets.push_back({.link = step.route.link,
                         .address = step.route.destination,
                         .prefix_length = step.route.prefix_length});
    }
    plan.steps.push_back(std::move(step));
    specs.push_back(&row.spec());
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (!plan.steps[i].there) {
      plan.steps[i].waiting =
          Waiting(*specs[i], links, ResolveLink(links, specs[i]->out_link_name()), subnets);
    }
  }
  std::ranges::stable_partition(plan.steps,
                                [](const auto& step) { return step.route.gateway.empty(); });
  for (const KernelRoute& route : ours) {
    if (std::ranges::none_of(plan.steps, [&](const auto& step) { return IsFor(step, route); })) {
      plan.remove.push_back(route);
    }
  }
  return plan;
}

}  // namespace ichor::networkd
