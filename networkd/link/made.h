// Links that do not come with the machine: which of them to make, change and remove.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/runtime/rows.h"
#include "lib/sys/netlink.h"
#include "lib/sys/virtual_links.h"
#include "lib/sys/wireguard.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// What to do, in this order. Only links of our group are removed or changed; one with other
// settings that the kernel cannot change is removed and made anew. What needs a link that is not
// there yet waits for it.
struct MadeLinksPlan {
  struct Make {
    std::string id;  // of the LinkSpec
    sys::VirtualLink link;
  };
  struct Change {
    std::string id;
    std::uint32_t index = 0;
    bool bring_down = false;  // first: the kernel takes it only so
    sys::VirtualLink link;
  };
  std::vector<std::uint32_t> remove;
  std::vector<Change> change;
  std::vector<Make> make;
  std::map<std::string, std::string> problems;  // by id of the LinkSpec: why it is not made
};
MadeLinksPlan PlanMadeLinks(const All<network::LinkSpec>& desired,
                            const std::vector<sys::NetLink>& observed);

// A link that shall be part of another one, or no longer.
struct MasterStep {
  std::string id;
  std::uint32_t index = 0;
  std::uint32_t master = 0;  // 0: of none
  bool bring_down = false;   // first: a bond takes only links that are down
};
// Links that are part of what somebody else made are left there, unless they shall be part of ours.
std::vector<MasterStep> PlanMasters(const All<network::LinkSpec>& desired,
                                    const std::vector<sys::NetLink>& observed);

// By id of the LinkSpec: what became of those that had something done to them or cannot be made.
struct MadeLinkResult {
  bool waits = false;  // until something else is there; then `status` says for what
  absl::Status status;
};
using MadeLinkResults = std::map<std::string, MadeLinkResult>;

// Does all of it, and gives links of WireGuard their keys and peers. Blocks for some round trips.
// Fails if the links cannot be listed.
absl::StatusOr<MadeLinkResults> ApplyMadeLinks(const All<network::LinkSpec>& desired,
                                               sys::Netlink& netlink, sys::VirtualLinks& links,
                                               sys::Wireguard& wireguard);

}  // namespace ichor::networkd
