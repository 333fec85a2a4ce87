// Makes and removes links: VLANs, bonds, bridges, dummies. See rtnetlink(7).
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/sys/link_settings.h"

namespace ichor::sys {

struct VirtualLink {
  std::string name;
  std::string kind;              // "vlan", "bond", "bridge", "dummy", "wireguard"
  std::uint32_t lower = 0;       // index of the link that a VLAN is on
  std::uint32_t group = 0;       // number that says who made it; seen in NetLink::group
  std::string hardware_address;  // empty: the kernel chooses one, or leaves it
  LinkSettings settings;         // of its kind
};

// Each call blocks for one round trip, at most 5 s, and longer while the kernel loads the module of
// a kind. Thread-safe. Errors say what was tried and the kernel's own explanation. PermissionDenied
// without CAP_NET_ADMIN.
class VirtualLinks {
 public:
  virtual ~VirtualLinks() = default;

  // Makes a link, which is down. AlreadyExists if the name is taken; NotFound if the lower link is
  // not there; Unimplemented if the kernel knows no such kind.
  virtual absl::Status Make(const VirtualLink& link) = 0;
  // Gives the link `index`, which has the kind of `change`, its hardware address and settings; the
  // rest of `change` does not count. NotFound if there is no such link.
  virtual absl::Status Change(std::uint32_t index, const VirtualLink& change) = 0;
  // NotFound if there is no such link.
  virtual absl::Status Remove(std::uint32_t index) = 0;
  // Makes the link part of `master`, a bond or a bridge; 0: of none. A bond takes only links that
  // are down. NotFound if one of them is not there.
  virtual absl::Status SetMaster(std::uint32_t index, std::uint32_t master) = 0;
  // Gives any link an alias of at most 255 bytes in place of the one that it has; empty: none.
  // NotFound if there is no such link.
  virtual absl::Status SetAlias(std::uint32_t index, const std::string& alias) = 0;
};

}  // namespace ichor::sys
