// The kernel's links, addresses and routes. See rtnetlink(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/link_settings.h"

namespace ichor::sys {

// Addresses are bytes in network order: 4 for IPv4, 16 for IPv6, none for "no such address".

struct NetLink {
  std::uint32_t index = 0;
  std::string name;
  std::uint16_t type = 1;   // ARPHRD_*: 1 is Ethernet, 772 loopback
  std::uint32_t flags = 0;  // IFF_*
  std::string hardware_address;
  std::string permanent_address;  // empty if the driver knows none
  std::string broadcast_address;
  std::uint32_t mtu = 0;
  std::string queue_discipline;
  std::uint32_t master = 0;  // index of the bond or bridge; 0: none
  std::uint32_t lower = 0;   // IFLA_LINK: index of what it stands on, or of the peer; 0: none
  std::uint8_t operational_state = 0;  // IF_OPER_*
  bool carrier = false;
  std::string kind;  // "veth", "vlan" …; empty for hardware
  std::string slave_kind;
  LinkSettings settings{};  // of its kind
  std::uint32_t group = 0;  // IFLA_GROUP: may say who made it
  std::string alias;
  std::vector<std::string> alternative_names;
  std::string bus_path;  // "0000:00:02.0", "virtio0"; empty without a device
  // False while udevd has not looked at it: it may yet be renamed. True without a device.
  bool named = true;
};

struct NetAddress {
  std::uint32_t link = 0;
  std::string address;
  std::uint8_t prefix_length = 0;
  std::uint8_t scope = 0;      // RT_SCOPE_*
  std::uint32_t flags = 0;     // IFA_F_*
  std::uint8_t protocol = 0;   // IFA_PROTO: who made it; 0: not said
  std::uint32_t priority = 0;  // of the route to its subnet; 0: the kernel's default
  std::string local;           // IPv4: differs from `address` on point-to-point links
  std::string broadcast;
};

struct NetRoute {
  std::uint8_t family = 2;  // AF_INET or AF_INET6
  std::string destination;  // empty: default
  std::uint8_t prefix_length = 0;
  std::string gateway;
  std::string source;      // preferred source address
  std::uint32_t link = 0;  // 0: none, as of a blackhole
  std::uint32_t table = 254;
  std::uint32_t priority = 0;  // lower wins
  std::uint8_t protocol = 0;   // RTPROT_*: who made it
  std::uint8_t scope = 0;
  std::uint8_t type = 1;
  std::uint32_t flags = 0;  // RTM_F_* and RTNH_F_*
  std::uint32_t mtu = 0;    // 0: the link's
};

struct LinkChange {
  std::optional<bool> up;
  std::optional<std::uint32_t> mtu;
};

// Each call blocks for one round trip, at most 5 s. Thread-safe, except for Drain. Errors say what
// was tried and the kernel's own explanation. PermissionDenied without CAP_NET_ADMIN.
class Netlink {
 public:
  virtual ~Netlink() = default;

  // Readable (EPOLLIN) when links, addresses or routes may have changed since the last Drain; -1 if
  // it never is.
  virtual int descriptor() const = 0;
  // Forgets the changes that were told so far.
  virtual void Drain() = 0;

  virtual absl::StatusOr<std::vector<NetLink>> Links() = 0;
  virtual absl::StatusOr<std::vector<NetAddress>> Addresses() = 0;
  // Of every table; without the entries of the cache.
  virtual absl::StatusOr<std::vector<NetRoute>> Routes() = 0;

  // NotFound if there is no such link; InvalidArgument if it cannot have that MTU.
  virtual absl::Status ChangeLink(std::uint32_t link, const LinkChange& change) = 0;

  // NotFound if there is no such link; AlreadyExists if it has this prefix, whoever made it.
  virtual absl::Status AddAddress(const NetAddress& address) = 0;
  // NotFound if the link, or the address on it, is not there.
  virtual absl::Status RemoveAddress(const NetAddress& address) = 0;

  // NotFound if its link is gone; FailedPrecondition if the link is down or the gateway cannot be
  // reached; AlreadyExists if the table has a route with this destination and priority, whoever
  // made it.
  virtual absl::Status AddRoute(const NetRoute& route) = 0;
  // Removes the route with this destination, priority, table, gateway, link and protocol. NotFound
  // if there is none.
  virtual absl::Status RemoveRoute(const NetRoute& route) = 0;
};

// "10.0.0.1", "fe80::1"; "?" for bytes that are no address.
std::string IpText(const std::string& bytes);

}  // namespace ichor::sys
