// Addresses and networks of a cluster, as its components need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/common.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "machined/kubernetes/settings.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// Where this machine reaches the API server: KubePrism, or without it the server on this machine.
std::string LocalEndpoint(const KubernetesSettings& settings);

struct Endpoint {
  std::string host;  // a name or an address, without brackets
  std::uint32_t port = 0;
};

// Where a URL leads: "https://[fd00::1]:6443/" to port 6443 of "fd00::1", and to 443 without a
// port.
Endpoint EndpointOf(std::string_view url);

// The address `index` places after the first of the network "10.96.0.0/12". Nothing for other
// text, and for a network that is not that large.
std::optional<common::NetIP> AddressIn(std::string_view subnet, std::uint32_t index);

// Whether a list of networks has one of IPv4, or one of IPv6.
bool HasFamily(const google::protobuf::RepeatedPtrField<std::string>& subnets, bool ipv4);

// Whether an address is in one of the networks "10.0.0.0/8"; of those with "!" before them it must
// not be in any. Without any other network, all addresses are in.
bool Matches(const common::NetIP& address, const std::vector<std::string>& subnets);

// The addresses of a list that are in none of the networks of pods and services.
std::vector<common::NetIP> NodeAddressesOf(const All<network::NodeAddress>& addresses,
                                           std::string_view list,
                                           const KubernetesSettings& settings);

// Those that stay on this machine: without the virtual ones of the config, which move between
// machines.
std::vector<common::NetIP> WithoutVirtual(std::vector<common::NetIP> addresses,
                                          const config::Config& config);

// "n1.example.org", or "n1" without a domain.
std::string FullNameOf(const network::HostnameStatus::Spec& hostname);

bool IsIPv4(const common::NetIP& address);

}  // namespace ichor
