// The node's addresses, and what of the network is ready.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

using AddressRows = std::vector<network::AddressStatus::Spec>;
using LinkRows = std::map<std::string, network::LinkStatus::Spec>;          // by name
using NodeAddressRows = std::map<std::string, network::NodeAddress::Spec>;  // by id

// The name of the link of addresses that the platform forwards to the node: no link of its own has
// them.
inline constexpr std::string_view kExternalLink = "external";

// The addresses of the platform's active row, or else of the cached one, that are external.
AddressRows ExternalAddresses(const All<network::PlatformConfig>& configs);

// The addresses that others can reach the node at, sorted: not those of scope link or host,
// loopback, multicast or link-local, and only on links that are up (network cards: with carrier),
// or external.
std::vector<common::NetIPPrefix> ReachableAddresses(const AddressRows& addresses,
                                                    const LinkRows& links);

// The lists "default", "current", "routed" and "accumulative". The first and the last look back:
// `before` are the lists as they stood, so that the default stays while it is there. "routed" is
// without external addresses, and so is the default.
NodeAddressRows NodeAddressLists(const AddressRows& addresses, const LinkRows& links,
                                 const NodeAddressRows& before);

// The lists "current", "routed" and "accumulative" of `lists` once more for each filter, with its
// id behind theirs: "current-no-k8s". A filter lets through what is in one of its included
// networks, or anything if it names none, and in none of the excluded ones.
NodeAddressRows FilteredLists(const NodeAddressRows& lists,
                              const All<network::NodeAddressFilter>& filters);

// The row "first": of the network card that is first by name.
absl::StatusOr<Desired<network::HardwareAddress>> FirstHardwareAddress(
    const All<network::LinkStatus>& links);

// The row "status".
absl::StatusOr<Desired<network::NetworkStatus>> NetworkReadiness(
    const All<network::NodeAddress>& addresses, const All<network::RouteStatus>& routes,
    const All<network::HostnameStatus>& hostname, const All<files::EtcFileStatus>& files);

}  // namespace ichor::networkd
