// Over which links and addresses a config lets others reach the node.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/common.pb.h"
#include "ichor/network.resources.h"
#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// What can be said before it is done. In doubt a card counts: whether a selector fits it is
// networkd's to say.
struct Reach {
  std::set<std::string> leasing;                // cards that carry and ask for a lease
  std::set<std::string> fixed;                  // addresses of links that carry: "10.0.0.5"
  std::vector<common::NetIPPrefix> neighbours;  // who is reached from those without a gateway
  bool has_gateway = false;                     // on a link that carries

  // Whether a link has an address and a way to others, or at least to the client at this address
  // ("10.0.0.9"; empty: not known).
  bool IsUsable(const std::string& client) const;
};

// What `network` makes of the machine's `links`. `aliases` are names that the config gives to
// links.
Reach ReachOf(const network::NetworkConfiguration::Spec& network,
              const All<network::LinkStatus>& links, const std::set<std::string>& aliases);

// The names that LinkAliasConfig documents give.
std::set<std::string> LinkAliases(const config::Config& config);

// A sentence if a caller who talks to the node at `local`, "10.0.0.5", loses it with the change
// from `before` to `after`.
std::optional<std::string> DescribeLoss(const std::string& local, const Reach& before,
                                        const Reach& after,
                                        const All<network::AddressStatus>& addresses);

}  // namespace ichor
