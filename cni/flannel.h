// The CNI plugin `flannel`: pods of a node get addresses of the network that flannel leased it. See
// https://www.cni.dev/docs/spec/, version 1.0.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace ichor::cni {

// What flanneld says of a node in /run/flannel/subnet.env.
struct Subnet {
  std::string network;       // of all pods, "10.244.0.0/16"; empty: no IPv4
  std::string subnet;        // of this node's, "10.244.1.0/24"
  std::string ipv6_network;  // empty: no IPv6
  std::string ipv6_subnet;
  std::int64_t mtu = 0;      // bytes
  bool masquerades = false;  // flanneld does, so that nobody else should
};

// Reads lines KEY=VALUE; keys of others are left alone. InvalidArgument if there is no network, or
// one without the other half of its pair, or text that is no network or no MTU.
absl::StatusOr<Subnet> ParseSubnet(std::string_view text);

// The config of the plugin that does the work, `bridge` unless `config` names another: what
// "delegate" says there, completed by what flannel leased. InvalidArgument if "delegate" is no
// object or says itself what this plugin says.
absl::StatusOr<google::protobuf::Struct> DelegateConfig(const google::protobuf::Struct& config,
                                                        const Subnet& subnet);

// Whether `text` may be the id of a container, and so the name of a file.
bool IsContainerId(std::string_view text);

}  // namespace ichor::cni
