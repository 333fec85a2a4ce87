#include "networkd/status/policy.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "ichor/resource.pb.h"
#include "lib/resource/address_prefix.h"
#include "networkd/link/names.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::AddressStatus;
using network::NodeAddress;

constexpr std::size_t kV4Bytes = 4;
// fd54:616c:6f73:0:204f:5320:444e:531, where the node's resolver answers pods.
constexpr std::string_view kHostDns("\xfdTalos\0\0 OS DN\x05\x31", 16);
using Prefixes = std::vector<common::NetIPPrefix>;

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// Loopback, multicast and link-local addresses, the resolver's, and none at all.
bool IsSpecial(std::string_view bytes) {
  if (bytes.size() == kV4Bytes) {
    const std::uint8_t first = ByteAt(bytes, 0);
    constexpr std::uint8_t kMulticast = 224;
    return first == 0 || first == 127 || first >= kMulticast ||
           (first == 169 && ByteAt(bytes, 1) == 254);
  }
  return bytes.empty() || bytes == kHostDns ||
         bytes.starts_with(std::string_view("\0\0\0\0\0\0\0\0", 8)) || ByteAt(bytes, 0) == 0xff ||
         (ByteAt(bytes, 0) == 0xfe && (ByteAt(bytes, 1) & 0xc0) == 0x80);
}

bool IsInUse(const network::LinkStatus::Spec& link) {
  return (link.flags() & ichor::definitions::LINK_UP) != 0 &&
         (!IsPhysical(link) || link.link_state());
}

// IPv4 first, then by bytes: what both sort algorithms have in common for single addresses.
auto SortKey(const common::NetIPPrefix& prefix) {
  return std::tuple(prefix.ip().size(), prefix.ip(), prefix.prefix_length());
}

bool Same(const common::NetIPPrefix& a, const common::NetIPPrefix& b) {
  return SortKey(a) == SortKey(b);
}

bool Contains(const Prefixes& list, const common::NetIPPrefix& prefix) {
  return std::ranges::any_of(list, [&](const auto& other) { return Same(other, prefix); });
}

Prefixes ListBefore(const NodeAddressRows& before, const std::string& id) {
  const auto row = before.find(id);
  return row == before.end()
             ? Prefixes()
             : Prefixes(row->second.addresses().begin(), row->second.addresses().end());
}

NodeAddress::Spec ListOf(const Prefixes& list) {
  NodeAddress::Spec spec;
  spec.mutable_addresses()->Assign(list.begin(), list.end());
  return spec;
}

bool IsDefaultRoute(const network::RouteStatus::Spec& route) {
  return route.destination().prefix_length() == 0 && !route.gateway().ip().empty() &&
         (route.table() == enums::TABLE_MAIN || route.table() == enums::TABLE_DEFAULT);
}

}  // namespace

AddressRows ExternalAddresses(const All<network::PlatformConfig>& configs) {
  AddressRows rows;
  if (configs.empty()) {
    return rows;
  }
  for (const common::NetIP& address : configs.front().spec().external_ips()) {
    AddressStatus::Spec& row = rows.emplace_back();
    row.mutable_address()->set_ip(address.ip());
    row.mutable_address()->set_prefix_length(static_cast<std::int32_t>(address.ip().size()) * 8);
    row.set_link_name(std::string(kExternalLink));
    row.set_family(address.ip().size() == kV4Bytes ? enums::FAMILY_INET4 : enums::FAMILY_INET6);
    row.set_scope(enums::SCOPE_GLOBAL);
  }
  return rows;
}

Prefixes ReachableAddresses(const AddressRows& addresses, const LinkRows& links) {
  Prefixes list;
  for (const AddressStatus::Spec& address : addresses) {
    const auto link = links.find(address.link_name());
    const bool in_use =
        address.link_name() == kExternalLink || (link != links.end() && IsInUse(link->second));
    if (!in_use || address.scope() >= enums::SCOPE_LINK || IsSpecial(address.address().ip()) ||
        Contains(list, address.address())) {
      continue;
    }
    list.push_back(address.address());
  }
  std::ranges::sort(list, {}, SortKey);
  return list;
}

NodeAddressRows NodeAddressLists(const AddressRows& addresses, const LinkRows& links,
                                 const NodeAddressRows& before) {
  const Prefixes current = ReachableAddresses(addresses, links);
  Prefixes accumulative = ListBefore(before, "accumulative");
  for (const common::NetIPPrefix& prefix : current) {
    if (!Contains(accumulative, prefix)) {
      accumulative.push_back(prefix);
    }
  }
  std::ranges::sort(accumulative, {}, SortKey);
  AddressRows own = addresses;
  std::erase_if(own, [](const auto& address) { return address.link_name() == kExternalLink; });
  const Prefixes routed = ReachableAddresses(own, links);
  Prefixes first = ListBefore(before, "default");
  if (!routed.empty() && (first.empty() || !Contains(routed, first.front()))) {
    first = {routed.front()};
  }
  NodeAddressRows rows{{"accumulative", ListOf(accumulative)},
                       {"current", ListOf(current)},
                       {"routed", ListOf(routed)}};
  if (!first.empty()) {
    rows["default"] = ListOf(first);
  }
  return rows;
}

NodeAddressRows FilteredLists(const NodeAddressRows& lists,
                              const All<network::NodeAddressFilter>& filters) {
  NodeAddressRows rows;
  for (const auto& filter : filters) {
    const auto is_out = [&spec = filter.spec()](const common::NetIPPrefix& address) {
      const auto has = [&address](const auto& network) { return IsIn(address.ip(), network); };
      const auto& included = spec.include_subnets();
      return (!included.empty() && std::ranges::none_of(included, has)) ||
             std::ranges::any_of(spec.exclude_subnets(), has);
    };
    for (const char* const id : {"accumulative", "current", "routed"}) {
      Prefixes list = ListBefore(lists, id);
      std::erase_if(list, is_out);
      rows[std::format("{}-{}", id, filter.id())] = ListOf(list);
    }
  }
  return rows;
}

absl::StatusOr<Desired<network::HardwareAddress>> FirstHardwareAddress(
    const All<network::LinkStatus>& links) {
  const auto first =
      std::ranges::find_if(links, [](const auto& link) { return IsPhysical(link.spec()); });
  if (first == links.end()) {
    return Desired<network::HardwareAddress>{};
  }
  network::HardwareAddress::Spec spec;
  spec.set_name(first->id());
  spec.set_hardware_addr(first->spec().hardware_addr());
  return Desired<network::HardwareAddress>{{"first", std::move(spec)}};
}

absl::StatusOr<Desired<network::NetworkStatus>> NetworkReadiness(
    const All<NodeAddress>& addresses, const All<network::RouteStatus>& routes,
    const All<network::HostnameStatus>& hostname, const All<files::EtcFileStatus>& files) {
  network::NetworkStatus::Spec status;
  const auto current = addresses.find("current");
  status.set_address_ready(current != addresses.end() && !current->spec().addresses().empty());
  status.set_connectivity_ready(
      std::ranges::any_of(routes, [](const auto& route) { return IsDefaultRoute(route.spec()); }));
  status.set_hostname_ready(!hostname.empty());
  status.set_etc_files_ready(files.find("hosts") != files.end() &&
                             files.find("resolv.conf") != files.end());
  return Desired<network::NetworkStatus>{{"status", std::move(status)}};
}

}  // namespace ichor::networkd
