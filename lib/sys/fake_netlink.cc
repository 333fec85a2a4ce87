#include "lib/sys/fake_netlink.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor::sys {
namespace {

constexpr std::uint32_t kMinMtu = 68;
constexpr std::uint32_t kMaxMtu = 65535;

bool Covers(const std::string& network, unsigned prefix_length, const std::string& address) {
  if (network.size() != address.size()) {
    return false;
  }
  for (unsigned bit = 0; bit < prefix_length; ++bit) {
    const auto mask = static_cast<char>(0x80U >> (bit % 8));
    if ((network[bit / 8] & mask) != (address[bit / 8] & mask)) {
      return false;
    }
  }
  return true;
}

std::string NetworkOf(std::string address, unsigned prefix_length) {
  for (std::size_t bit = prefix_length; bit < address.size() * 8; ++bit) {
    address[bit / 8] = static_cast<char>(address[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  return address;
}

bool SamePrefix(const NetAddress& a, const NetAddress& b) {
  return a.link == b.link && a.address == b.address && a.prefix_length == b.prefix_length;
}

bool SamePlace(const NetRoute& a, const NetRoute& b) {
  return a.family == b.family && a.destination == b.destination &&
         a.prefix_length == b.prefix_length && a.table == b.table && a.priority == b.priority;
}

}  // namespace

absl::Status FakeNetlink::TakeFailure() {
  return std::exchange(fail_next, absl::OkStatus());
}

NetLink* FakeNetlink::Find(std::uint32_t index) {
  const auto found = std::ranges::find(links, index, &NetLink::index);
  return found == links.end() ? nullptr : &*found;
}

absl::StatusOr<std::vector<NetLink>> FakeNetlink::Links() {
  RETURN_IF_ERROR(TakeFailure());
  return links;
}

absl::StatusOr<std::vector<NetAddress>> FakeNetlink::Addresses() {
  RETURN_IF_ERROR(TakeFailure());
  return addresses;
}

absl::StatusOr<std::vector<NetRoute>> FakeNetlink::Routes() {
  RETURN_IF_ERROR(TakeFailure());
  return routes;
}

absl::Status FakeNetlink::ChangeLink(std::uint32_t link, const LinkChange& change) {
  RETURN_IF_ERROR(TakeFailure());
  NetLink* found = Find(link);
  if (found == nullptr) {
    return absl::NotFoundError(std::format("change link {}: No such device", link));
  }
  if (change.mtu.has_value()) {
    if (*change.mtu < kMinMtu || *change.mtu > kMaxMtu) {
      return absl::InvalidArgumentError(std::format("change link {}: Invalid argument", link));
    }
    found->mtu = *change.mtu;
  }
  if (change.up.has_value() && *change.up != ((found->flags & IFF_UP) != 0)) {
    found->flags ^= IFF_UP;
    if (*change.up) {
      for (const NetAddress& address : addresses) {
        AddConnected(address);
      }
    } else {
      found->carrier = false;
      std::erase_if(routes, [&](const NetRoute& route) { return route.link == link; });
    }
  }
  return absl::OkStatus();
}

void FakeNetlink::AddConnected(const NetAddress& address) {
  const NetLink* link = Find(address.link);
  if (link == nullptr || (link->flags & IFF_UP) == 0 || address.prefix_length == 0) {
    return;
  }
  const NetRoute route{
      .family = address.address.size() == 4 ? std::uint8_t{AF_INET} : std::uint8_t{AF_INET6},
      .destination = NetworkOf(address.address, address.prefix_length),
      .prefix_length = address.prefix_length,
      .source = address.address,
      .link = address.link,
      .priority = address.priority,
      .protocol = RTPROT_KERNEL,
      .scope = RT_SCOPE_LINK};
  if (std::ranges::none_of(routes, [&](const NetRoute& r) { return SamePlace(r, route); })) {
    routes.push_back(route);
  }
}

absl::Status FakeNetlink::AddAddress(const NetAddress& address) {
  RETURN_IF_ERROR(TakeFailure());
  const std::string what =
      std::format("add address {}/{}", IpText(address.address), address.prefix_length);
  if (Find(address.link) == nullptr) {
    return absl::NotFoundError(what + ": No such device");
  }
  if (std::ranges::any_of(addresses, [&](const auto& a) { return SamePrefix(a, address); })) {
    return absl::AlreadyExistsError(what + ": File exists");
  }
  addresses.push_back(address);
  AddConnected(address);
  return absl::OkStatus();
}

absl::Status FakeNetlink::RemoveAddress(const NetAddress& address) {
  RETURN_IF_ERROR(TakeFailure());
  if (std::erase_if(addresses, [&](const auto& a) { return SamePrefix(a, address); }) == 0) {
    return absl::NotFoundError(std::format("remove address {}/{}: Cannot assign requested address",
                                           IpText(address.address), address.prefix_length));
  }
  std::erase_if(routes, [&](const NetRoute& route) {
    return route.link == address.link && route.source == address.address;
  });
  return absl::OkStatus();
}

bool FakeNetlink::Reachable(const NetRoute& route) const {
  return route.gateway.empty() || (route.flags & RTNH_F_ONLINK) != 0 ||
         std::ranges::any_of(routes, [&](const NetRoute& other) {
           return other.link == route.link && other.gateway.empty() &&
                  Covers(other.destination, other.prefix_length, route.gateway);
         });
}

absl::Status FakeNetlink::AddRoute(const NetRoute& route) {
  RETURN_IF_ERROR(TakeFailure());
  const std::string what =
      route.prefix_length == 0
          ? "add route default"
          : std::format("add route {}/{}", IpText(route.destination), route.prefix_length);
  const NetLink* link = Find(route.link);
  const bool drops =
      route.type == RTN_BLACKHOLE || route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT;
  if (link == nullptr && !drops) {
    return absl::NotFoundError(what + ": No such device");
  }
  if (link != nullptr && (link->flags & IFF_UP) == 0) {
    return absl::FailedPreconditionError(what + ": Network is down (Device for nexthop is not up)");
  }
  if (!Reachable(route)) {
    return absl::FailedPreconditionError(what +
                                         ": Network is unreachable (Nexthop has invalid gateway)");
  }
  if (std::ranges::any_of(routes, [&](const auto& r) { return SamePlace(r, route); })) {
    return absl::AlreadyExistsError(what + ": File exists");
  }
  routes.push_back(route);
  return absl::OkStatus();
}

absl::Status FakeNetlink::RemoveRoute(const NetRoute& route) {
  RETURN_IF_ERROR(TakeFailure());
  const auto found = std::ranges::find_if(routes, [&](const NetRoute& other) {
    return SamePlace(other, route) && other.gateway == route.gateway && other.link == route.link &&
           other.protocol == route.protocol;
  });
  if (found == routes.end()) {
    return absl::NotFoundError(route.prefix_length == 0
                                   ? "remove route default: No such process"
                                   : std::format("remove route {}/{}: No such process",
                                                 IpText(route.destination), route.prefix_length));
  }
  routes.erase(found);
  return absl::OkStatus();
}

}  // namespace ichor::sys
