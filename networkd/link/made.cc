#include "networkd/link/made.h"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "ichor/resource.pb.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/link/bond.h"
#include "networkd/link/wireguard.h"
#include "networkd/marks.h"

namespace ichor::networkd {
namespace {

using network::LinkSpec;
using sys::NetLink;
using sys::VirtualLink;

constexpr std::string_view kWireguard = "wireguard";
constexpr std::array<std::string_view, 5> kKinds = {"vlan", "bond", "bridge", "dummy", kWireguard};
constexpr std::uint16_t kVlanTag = 0x8100;  // 802.1Q

const NetLink* Find(const std::vector<NetLink>& links, std::string_view name) {
  const auto found = std::ranges::find_if(links, [name](const NetLink& link) {
    return link.name == name || std::ranges::contains(link.alternative_names, name);
  });
  return found == links.end() ? nullptr : &*found;
}

const NetLink* Find(const std::vector<NetLink>& links, std::uint32_t index) {
  const auto found = std::ranges::find(links, index, &NetLink::index);
  return found == links.end() ? nullptr : &*found;
}

bool IsOurs(const NetLink& link) {
  return link.group == kOurGroup && !link.kind.empty();
}

sys::LinkSettings SettingsOf(const LinkSpec::Spec& spec, const std::vector<NetLink>& links) {
  if (spec.kind() == "vlan") {
    const auto protocol = static_cast<std::uint16_t>(spec.vlan().protocol());
    return sys::VlanSettings{.id = static_cast<std::uint16_t>(spec.vlan().vid()),
                             .protocol = protocol == 0 ? kVlanTag : protocol};
  }
  if (spec.kind() == "bridge") {
    return sys::BridgeSettings{.spanning_tree = spec.bridge_master().stp().enabled(),
                               .vlan_filtering = spec.bridge_master().vlan().filtering_enabled()};
  }
  if (spec.kind() == "bond") {
    return WantedBond(spec.bond_master(), [&links](std::string_view name) {
      const NetLink* const link = Find(links, name);
      return link == nullptr ? 0 : link->index;
    });
  }
  return {};
}

// What the link lacks; nothing if it is as it shall be.
std::optional<sys::LinkSettings> Lacks(const sys::LinkSettings& wanted,
                                       const sys::LinkSettings& present) {
  const auto* const bond = std::get_if<sys::BondSettings>(&wanted);
  if (bond == nullptr) {
    return wanted == present ? std::nullopt : std::optional(wanted);
  }
  const auto* const now = std::get_if<sys::BondSettings>(&present);
  sys::BondSettings change = BondDifference(*bond, now == nullptr ? sys::BondSettings() : *now);
  return change == sys::BondSettings() ? std::nullopt : std::optional<sys::LinkSettings>(change);
}

class Planner {
 public:
  explicit Planner(const std::vector<NetLink>& observed) : observed_(observed) {}

  void Add(const std::string& id, const LinkSpec::Spec& spec) {
    wanted_.push_back(spec.name());
    if (!std::ranges::contains(kKinds, spec.kind())) {
      plan_.problems[id] = std::format("links of kind \"{}\" are not made yet", spec.kind());
      return;
    }
    VirtualLink link{.name = spec.name(),
                     .kind = spec.kind(),
                     .group = kOurGroup,
                     .hardware_address = spec.hardware_address(),
                     .settings = SettingsOf(spec, observed_)};
    if (spec.kind() == "vlan") {
      const NetLink* const parent = Find(observed_, spec.parent_name());
      if (parent == nullptr) {
        plan_.problems[id] = std::format("waits for link {}", spec.parent_name());
        return;
      }
      link.lower = parent->index;
    }
    const NetLink* const there = Find(observed_, spec.name());
    if (there == nullptr) {
      Make(id, std::move(link));
    } else if (!IsOurs(*there)) {
      plan_.problems[id] = "there is a link of this name that somebody else made";
    } else {
      Compare(id, std::move(link), *there);
    }
  }

  MadeLinksPlan Finish() && {
    for (const NetLink& link : observed_) {
      if (IsOurs(link) && !std::ranges::contains(wanted_, link.name)) {
        plan_.remove.push_back(link.index);
      }
    }
    return std::move(plan_);
  }

 private:
  void Make(const std::string& id, VirtualLink link) {
    if (const auto* const bond = std::get_if<sys::BondSettings>(&link.settings)) {
      link.settings = BondDifference(*bond, {});
    }
    plan_.make.push_back({.id = id, .link = std::move(link)});
  }

  void Compare(const std::string& id, VirtualLink link, const NetLink& there) {
    const auto lacks = Lacks(link.settings, there.settings);
    const auto* const bond = lacks.has_value() ? std::get_if<sys::BondSettings>(&*lacks) : nullptr;
    const bool other_vlan = link.kind == "vlan" && (lacks.has_value() || link.lower != there.lower);
    if (link.kind != there.kind || other_vlan || (bond != nullptr && NeedsNewBond(*bond))) {
      plan_.remove.push_back(there.index);
      Make(id, std::move(link));
      return;
    }
    if (link.hardware_address == there.hardware_address) {
      link.hardware_address.clear();
    }
    if (!lacks.has_value() && link.hardware_address.empty()) {
      return;
    }
    const bool up = (there.flags & ichor::definitions::LINK_UP) != 0;
    link.settings = lacks.value_or(sys::LinkSettings());
    plan_.change.push_back({.id = id,
                            .index = there.index,
                            .bring_down = up && bond != nullptr && NeedsBondDown(*bond),
                            .link = std::move(link)});
  }

  const std::vector<NetLink>& observed_;
  std::vector<std::string> wanted_;
  MadeLinksPlan plan_;
};

std::string_view MasterOf(const LinkSpec::Spec& spec) {
  return !spec.bond_slave().master_name().empty() ? spec.bond_slave().master_name()
                                                  : spec.bridge_slave().master_name();
}

absl::Status Do(const MadeLinksPlan::Change& change, sys::Netlink& netlink,
                sys::VirtualLinks& links) {
  if (change.bring_down) {
    RETURN_IF_ERROR(netlink.ChangeLink(change.index, {.up = false, .mtu = {}}));
  }
  return links.Change(change.index, change.link);
}

absl::Status Do(const MasterStep& step, sys::Netlink& netlink, sys::VirtualLinks& links) {
  if (step.bring_down) {
    RETURN_IF_ERROR(netlink.ChangeLink(step.index, {.up = false, .mtu = {}}));
  }
  return links.SetMaster(step.index, step.master);
}

}  // namespace

MadeLinksPlan PlanMadeLinks(const All<LinkSpec>& desired, const std::vector<NetLink>& observed) {
  Planner planner(observed);
  for (const auto& row : desired) {
    if (row.spec().logical()) {
      planner.Add(row.id(), row.spec());
    }
  }
  return std::move(planner).Finish();
}

std::vector<MasterStep> PlanMasters(const All<LinkSpec>& desired,
                                    const std::vector<NetLink>& observed) {
  std::vector<MasterStep> steps;
  for (const auto& row : desired) {
    const NetLink* const link = Find(observed, row.spec().name());
    if (link == nullptr) {
      continue;
    }
    const std::string_view name = MasterOf(row.spec());
    const NetLink* const wanted = name.empty() ? nullptr : Find(observed, name);
    const NetLink* const present = Find(observed, link->master);
    const std::uint32_t master = wanted == nullptr ? 0 : wanted->index;
    const bool waits = !name.empty() && wanted == nullptr;
    const bool foreign = present != nullptr && !IsOurs(*present) && wanted == nullptr;
    if (master == link->master || waits || foreign) {
      continue;
    }
    const bool up = (link->flags & ichor::definitions::LINK_UP) != 0;
    steps.push_back({.id = row.id(),
                     .index = link->index,
                     .master = master,
                     .bring_down = up && wanted != nullptr && wanted->kind == "bond"});
  }
  return steps;
}

absl::StatusOr<MadeLinkResults> ApplyMadeLinks(const All<LinkSpec>& desired, sys::Netlink& netlink,
                                               sys::VirtualLinks& links,
                                               sys::Wireguard& wireguard) {
  ASSIGN_OR_RETURN(std::vector<NetLink> observed, netlink.Links());
  const MadeLinksPlan plan = PlanMadeLinks(desired, observed);
  MadeLinkResults results;
  for (const auto& [id, problem] : plan.problems) {
    results[id] = {.waits = true, .status = absl::FailedPreconditionError(problem)};
  }
  for (const std::uint32_t index : plan.remove) {
    const absl::Status status = links.Remove(index);
    if (!status.ok() && !absl::IsNotFound(status)) {
      base::LogLine(base::Severity::kError, base::MessageOf(status));
    }
  }
  for (const MadeLinksPlan::Change& change : plan.change) {
    results[change.id].status = Do(change, netlink, links);
  }
  for (const MadeLinksPlan::Make& make : plan.make) {
    results[make.id].status = links.Make(make.link);
  }
  if (!plan.make.empty() || !plan.remove.empty()) {
    ASSIGN_OR_RETURN(observed, netlink.Links());
  }
  for (const MasterStep& step : PlanMasters(desired, observed)) {
    MadeLinkResult& result = results[step.id];
    if (result.status.ok()) {
      result.status = Do(step, netlink, links);
    }
  }
  for (const auto& row : desired) {
    const NetLink* const link = Find(observed, row.spec().name());
    if (row.spec().kind() == kWireguard && link != nullptr && IsOurs(*link)) {
      results[row.id()].status.Update(
          ApplyWireguard(row.spec().wireguard(), link->index, wireguard));
    }
  }
  return results;
}

}  // namespace ichor::networkd
