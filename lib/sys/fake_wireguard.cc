#include "lib/sys/fake_wireguard.h"

#include <algorithm>
#include <format>

namespace ichor::sys {

absl::StatusOr<WireguardSettings> FakeWireguard::Read(std::uint32_t link) {
  const auto found = links.find(link);
  if (found == links.end()) {
    return absl::NotFoundError(std::format("read WireGuard of link {}: No such device", link));
  }
  return found->second;
}

absl::Status FakeWireguard::Change(std::uint32_t link, const WireguardChange& change) {
  const auto found = links.find(link);
  if (found == links.end()) {
    return absl::NotFoundError(std::format("change WireGuard of link {}: No such device", link));
  }
  ++changes;
  WireguardSettings& settings = found->second;
  settings.private_key = change.private_key.value_or(settings.private_key);
  settings.listen_port = change.listen_port.value_or(settings.listen_port);
  settings.mark = change.mark.value_or(settings.mark);
  for (const std::string& key : change.remove) {
    std::erase_if(settings.peers, [&key](const auto& peer) { return peer.public_key == key; });
  }
  for (const WireguardPeer& peer : change.set) {
    const auto old = std::ranges::find(settings.peers, peer.public_key, &WireguardPeer::public_key);
    if (old == settings.peers.end()) {
      settings.peers.push_back(peer);
    } else {
      *old = peer;
    }
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
