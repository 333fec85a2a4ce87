#include "networkd/link/wireguard.h"

#include <algorithm>
#include <cstddef>
#include <format>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

using PeerSpec = talos::resource::definitions::network::WireguardPeer;
using sys::WireguardPeer;
using sys::WireguardSettings;

constexpr std::size_t kKeyBytes = 32;

absl::StatusOr<std::string> KeyOf(const std::string& text, std::string_view what) {
  std::string key;
  if (!absl::Base64Unescape(text, &key) || key.size() != kKeyBytes) {
    return absl::InvalidArgumentError(
        std::format("{}: expected {} bytes in base64", what, kKeyBytes));
  }
  return key;
}

std::string TextOf(const std::string& key) {
  return key.empty() ? "" : absl::Base64Escape(key);
}

template <class T>
absl::StatusOr<T> NumberOf(std::int64_t number, std::string_view what) {
  if (number < 0 || number > std::numeric_limits<T>::max()) {
    return absl::InvalidArgumentError(
        std::format("{}: expected 0 to {}, got {}", what, std::numeric_limits<T>::max(), number));
  }
  return static_cast<T>(number);
}

absl::StatusOr<WireguardPeer> WantedPeer(const PeerSpec& spec) {
  WireguardPeer peer;
  ASSIGN_OR_RETURN(peer.public_key, KeyOf(spec.public_key(), "public key of a peer"));
  const std::string who = "peer " + spec.public_key();
  if (!spec.preshared_key().empty()) {
    ASSIGN_OR_RETURN(peer.preshared_key, KeyOf(spec.preshared_key(), who + ": preshared key"));
  }
  if (!spec.endpoint().empty()) {
    const std::optional<common::NetIPPort> endpoint = ParseNetIPPort(spec.endpoint());
    if (!endpoint.has_value()) {
      return absl::InvalidArgumentError(std::format(
          "{}: endpoint \"{}\": expected an address with a port", who, spec.endpoint()));
    }
    peer.endpoint_address = endpoint->ip();
    peer.endpoint_port = static_cast<std::uint16_t>(endpoint->port());
  }
  ASSIGN_OR_RETURN(peer.keepalive_seconds,
                   NumberOf<std::uint16_t>(spec.persistent_keepalive_interval().seconds(),
                                           who + ": seconds between keepalives"));
  peer.allowed.reserve(static_cast<std::size_t>(spec.allowed_ips_size()));
  for (const common::NetIPPrefix& network : spec.allowed_ips()) {
    peer.allowed.push_back({.address = network.ip(),
                            .prefix_length = static_cast<std::uint8_t>(network.prefix_length())});
  }
  std::ranges::sort(peer.allowed);
  return peer;
}

// Without the bits of the host, as the kernel keeps it.
WireguardPeer::Network Masked(WireguardPeer::Network network) {
  for (std::size_t bit = network.prefix_length; bit < network.address.size() * 8; ++bit) {
    char& byte = network.address[bit / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) & ~(0x80U >> (bit % 8)));
  }
  return network;
}

bool IsAsWanted(const WireguardPeer& wanted, const WireguardPeer& present) {
  WireguardPeer same = present;
  std::ranges::sort(same.allowed);
  WireguardPeer masked = wanted;
  std::ranges::transform(masked.allowed, masked.allowed.begin(), Masked);
  std::ranges::sort(masked.allowed);
  if (wanted.endpoint_address.empty()) {
    same.endpoint_address.clear();
    same.endpoint_port = 0;
  }
  return masked == same;
}

}  // namespace

absl::StatusOr<WireguardSettings> WantedWireguard(const WireguardSpec& spec) {
  WireguardSettings wanted;
  ASSIGN_OR_RETURN(wanted.private_key, KeyOf(spec.private_key(), "private key"));
  ASSIGN_OR_RETURN(wanted.listen_port, NumberOf<std::uint16_t>(spec.listen_port(), "listen port"));
  ASSIGN_OR_RETURN(wanted.mark, NumberOf<std::uint32_t>(spec.firewall_mark(), "firewall mark"));
  wanted.peers.reserve(static_cast<std::size_t>(spec.peers_size()));
  for (const PeerSpec& peer : spec.peers()) {
    ASSIGN_OR_RETURN(WireguardPeer one, WantedPeer(peer));
    wanted.peers.push_back(std::move(one));
  }
  return wanted;
}

sys::WireguardChange WireguardDifference(const WireguardSettings& wanted,
                                         const WireguardSettings& present) {
  sys::WireguardChange change;
  if (wanted.private_key != present.private_key) {
    change.private_key = wanted.private_key;
  }
  if (wanted.listen_port != 0 && wanted.listen_port != present.listen_port) {
    change.listen_port = wanted.listen_port;
  }
  if (wanted.mark != present.mark) {
    change.mark = wanted.mark;
  }
  for (const WireguardPeer& peer : wanted.peers) {
    const auto found =
        std::ranges::find(present.peers, peer.public_key, &WireguardPeer::public_key);
    if (found == present.peers.end() || !IsAsWanted(peer, *found)) {
      change.set.push_back(peer);
    }
  }
  for (const WireguardPeer& peer : present.peers) {
    if (!std::ranges::contains(wanted.peers, peer.public_key, &WireguardPeer::public_key)) {
      change.remove.push_back(peer.public_key);
    }
  }
  return change;
}

WireguardSpec WireguardStatus(const WireguardSettings& settings) {
  WireguardSpec spec;
  spec.set_public_key(TextOf(settings.public_key));
  spec.set_listen_port(settings.listen_port);
  spec.set_firewall_mark(settings.mark);
  for (const WireguardPeer& from : settings.peers) {
    PeerSpec& peer = *spec.add_peers();
    peer.set_public_key(TextOf(from.public_key));
    if (!from.endpoint_address.empty()) {
      common::NetIPPort endpoint;
      endpoint.set_ip(from.endpoint_address);
      endpoint.set_port(from.endpoint_port);
      peer.set_endpoint(ToText(endpoint));
    }
    peer.mutable_persistent_keepalive_interval()->set_seconds(from.keepalive_seconds);
    for (const WireguardPeer::Network& network : from.allowed) {
      common::NetIPPrefix& prefix = *peer.add_allowed_ips();
      prefix.set_ip(network.address);
      prefix.set_prefix_length(network.prefix_length);
    }
  }
  return spec;
}

absl::Status ApplyWireguard(const WireguardSpec& spec, std::uint32_t link,
                            sys::Wireguard& wireguard) {
  ASSIGN_OR_RETURN(const WireguardSettings wanted, WantedWireguard(spec));
  ASSIGN_OR_RETURN(const WireguardSettings present, wireguard.Read(link));
  const sys::WireguardChange change = WireguardDifference(wanted, present);
  return change == sys::WireguardChange() ? absl::OkStatus() : wireguard.Change(link, change);
}

}  // namespace ichor::networkd
