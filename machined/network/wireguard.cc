#include "machined/network/wireguard.h"

#include <string>

#include "lib/resource/address_text.h"

namespace ichor {
namespace {

namespace network = talos::resource::definitions::network;

// What both forms have.
template <class Tunnel>
network::WireguardSpec Common(const Tunnel& tunnel) {
  network::WireguardSpec spec;
  spec.set_private_key(tunnel.private_key());
  spec.set_listen_port(tunnel.listen_port());
  spec.set_firewall_mark(tunnel.firewall_mark());
  for (const auto& from : tunnel.peers()) {
    network::WireguardPeer& peer = *spec.add_peers();
    peer.set_public_key(from.public_key());
    peer.set_endpoint(from.endpoint());
    *peer.mutable_persistent_keepalive_interval() = from.persistent_keepalive_interval();
    for (const std::string& text : from.allowed_ips()) {
      if (const auto prefix = ParseNetIPPrefix(text); prefix.has_value()) {
        *peer.add_allowed_ips() = *prefix;
      }
    }
  }
  return spec;
}

}  // namespace

network::WireguardSpec ConfiguredWireguard(const config::v1alpha1::WireguardConfig& tunnel) {
  network::WireguardSpec spec = Common(tunnel);
  for (int i = 0; i < tunnel.peers_size(); ++i) {
    spec.mutable_peers(i)->set_preshared_key(tunnel.peers(i).preshared_key());
  }
  return spec;
}

network::WireguardSpec ConfiguredWireguard(
    const config::v1alpha1::LegacyInterface::Wireguard& tunnel) {
  return Common(tunnel);
}

}  // namespace ichor
