#include "lib/sys/linux_wireguard.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>

#include <algorithm>
#include <format>
#include <optional>
#include <string>

#include "lib/base/status.h"
#include "lib/sys/wireguard_messages.h"

namespace ichor::sys {

absl::StatusOr<std::unique_ptr<LinuxWireguard>> LinuxWireguard::Create() {
  ASSIGN_OR_RETURN(std::unique_ptr<NetlinkRequests> requests,
                   NetlinkRequests::Open(NETLINK_GENERIC));
  return std::unique_ptr<LinuxWireguard>(new LinuxWireguard(std::move(requests)));
}

absl::StatusOr<std::uint16_t> LinuxWireguard::Family() {
  std::optional<std::uint16_t> family;
  RETURN_IF_ERROR(requests_->Dump(
      GENL_ID_CTRL, "list families of netlink", FillFamilyRequest, [&family] { family.reset(); },
      [&family](const nlmsghdr& message) {
        if (const auto found = FamilyIn(message, WG_GENL_NAME)) {
          family = found;
        }
      }));
  if (!family.has_value()) {
    return absl::UnimplementedError("this kernel has no WireGuard");
  }
  return *family;
}

absl::StatusOr<WireguardSettings> LinuxWireguard::Read(std::uint32_t link) {
  ASSIGN_OR_RETURN(const std::uint16_t family, Family());
  WireguardSettings settings;
  RETURN_IF_ERROR(requests_->Dump(
      family, std::format("read WireGuard of link {}", link),
      [link](nlmsghdr& message) { FillWireguardRequest(message, link); },
      [&settings] { settings = WireguardSettings(); },
      [&settings](const nlmsghdr& message) { AddWireguardPart(message, settings); }));
  return settings;
}

absl::Status LinuxWireguard::Change(std::uint32_t link, const WireguardChange& change) {
  ASSIGN_OR_RETURN(const std::uint16_t family, Family());
  const std::string what = std::format("change WireGuard of link {}", link);
  for (const std::string& key : change.remove) {
    RETURN_IF_ERROR(requests_->Change(
        family, 0, what, [&](nlmsghdr& message) { FillWireguardRemoval(message, link, key); }));
  }
  RETURN_IF_ERROR(requests_->Change(
      family, 0, what, [&](nlmsghdr& message) { FillWireguardLink(message, link, change); }));
  for (const WireguardPeer& peer : change.set) {
    RETURN_IF_ERROR(SetPeer(family, link, peer, what));
  }
  return absl::OkStatus();
}

// In several messages if it may be sent to many networks.
absl::Status LinuxWireguard::SetPeer(std::uint16_t family, std::uint32_t link,
                                     const WireguardPeer& peer, const std::string& what) {
  std::size_t first = 0;
  do {
    const auto fill = [&](nlmsghdr& message) {
      FillWireguardPeer(message, link, peer, first, kMaxNetworksOfMessage);
    };
    RETURN_IF_ERROR(requests_->Change(family, 0, what, fill, kWireguardPeerBytes));
    first += kMaxNetworksOfMessage;
  } while (first < peer.allowed.size());
  return absl::OkStatus();
}

}  // namespace ichor::sys
