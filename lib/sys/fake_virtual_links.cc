#include "lib/sys/fake_virtual_links.h"

#include <linux/if.h>

#include <algorithm>
#include <array>
#include <format>
#include <string_view>

namespace ichor::sys {
namespace {

constexpr std::array<std::string_view, 5> kKinds = {"vlan", "bond", "bridge", "dummy", "wireguard"};

absl::Status NoDevice(const std::string& what) {
  return absl::NotFoundError(what + ": No such device");
}

// A bond keeps what it is not told.
void Merge(const LinkSettings& change, LinkSettings& settings) {
  const auto* const bond = std::get_if<BondSettings>(&change);
  auto* const old = std::get_if<BondSettings>(&settings);
  if (bond == nullptr || old == nullptr) {
    settings = change;
    return;
  }
  for (const auto& [option, value] : bond->options) {
    old->options[option] = value;
  }
  if (bond->arp_targets.has_value()) {
    old->arp_targets = bond->arp_targets;
  }
  if (bond->ns_targets.has_value()) {
    old->ns_targets = bond->ns_targets;
  }
}

}  // namespace

NetLink* FakeVirtualLinks::Find(std::uint32_t index) {
  const auto found = std::ranges::find(netlink_.links, index, &NetLink::index);
  return found == netlink_.links.end() ? nullptr : &*found;
}

absl::Status FakeVirtualLinks::Make(const VirtualLink& link) {
  const std::string what = std::format("make {} {}", link.kind, link.name);
  if (!std::ranges::contains(kKinds, link.kind)) {
    return absl::UnimplementedError(what + ": Operation not supported (Unknown device type)");
  }
  if (std::ranges::contains(netlink_.links, link.name, &NetLink::name)) {
    return absl::AlreadyExistsError(what + ": File exists");
  }
  if (link.lower != 0 && Find(link.lower) == nullptr) {
    return NoDevice(what);
  }
  netlink_.links.push_back({.index = next_index_++,
                            .name = link.name,
                            .hardware_address = link.hardware_address,
                            .mtu = 1500,
                            .lower = link.lower,
                            .kind = link.kind,
                            .settings = link.settings,
                            .group = link.group});
  return absl::OkStatus();
}

absl::Status FakeVirtualLinks::Change(std::uint32_t index, const VirtualLink& change) {
  NetLink* const link = Find(index);
  if (link == nullptr) {
    return NoDevice(std::format("change {} {}", change.kind, change.name));
  }
  if (!change.hardware_address.empty() && link->kind == "wireguard") {
    return absl::UnimplementedError(
        std::format("change {} {}: Operation not supported", change.kind, change.name));
  }
  if (!change.hardware_address.empty()) {
    link->hardware_address = change.hardware_address;
  }
  Merge(change.settings, link->settings);
  return absl::OkStatus();
}

absl::Status FakeVirtualLinks::Remove(std::uint32_t index) {
  if (Find(index) == nullptr) {
    return NoDevice(std::format("remove link {}", index));
  }
  std::erase_if(netlink_.links, [index](const NetLink& link) {
    return link.index == index || (link.kind == "vlan" && link.lower == index);
  });
  for (NetLink& link : netlink_.links) {
    link.master = link.master == index ? 0 : link.master;
  }
  return absl::OkStatus();
}

absl::Status FakeVirtualLinks::SetMaster(std::uint32_t index, std::uint32_t master) {
  const std::string what = std::format("make link {} part of link {}", index, master);
  NetLink* const link = Find(index);
  const NetLink* const bond = Find(master);
  if (link == nullptr || (master != 0 && bond == nullptr)) {
    return NoDevice(what);
  }
  if (bond != nullptr && bond->kind == "bond" && (link->flags & IFF_UP) != 0) {
    return absl::PermissionDeniedError(
        what + ": Operation not permitted (Device can not be enslaved while up)");
  }
  link->master = master;
  return absl::OkStatus();
}

absl::Status FakeVirtualLinks::SetAlias(std::uint32_t index, const std::string& alias) {
  NetLink* const link = Find(index);
  if (link == nullptr) {
    return NoDevice(std::format("give link {} the alias \"{}\"", index, alias));
  }
  link->alias = alias;
  return absl::OkStatus();
}

}  // namespace ichor::sys
