#include "lib/sys/linux_ethernet.h"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <array>
#include <format>
#include <optional>
#include <string>

#include "lib/base/status.h"
#include "lib/sys/ethernet_messages.h"
#include "lib/sys/wireguard_messages.h"

namespace ichor::sys {
namespace {

constexpr std::array<std::uint8_t, 6> kQuestions = {
    ETHTOOL_MSG_RINGS_GET,     ETHTOOL_MSG_CHANNELS_GET,  ETHTOOL_MSG_FEATURES_GET,
    ETHTOOL_MSG_LINKSTATE_GET, ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_MSG_LINKINFO_GET};
// Whom a card wakes is for those who may change it.
constexpr std::uint8_t kPrivileged = ETHTOOL_MSG_WOL_GET;

}  // namespace

absl::StatusOr<std::unique_ptr<LinuxEthernet>> LinuxEthernet::Create() {
  ASSIGN_OR_RETURN(std::unique_ptr<NetlinkRequests> requests,
                   NetlinkRequests::Open(NETLINK_GENERIC));
  return std::unique_ptr<LinuxEthernet>(new LinuxEthernet(std::move(requests)));
}

absl::StatusOr<std::uint16_t> LinuxEthernet::Family() {
  std::optional<std::uint16_t> family;
  RETURN_IF_ERROR(requests_->Dump(
      GENL_ID_CTRL, "list families of netlink", FillFamilyRequest, [&family] { family.reset(); },
      [&family](const nlmsghdr& message) {
        if (const auto found = FamilyIn(message, ETHTOOL_GENL_NAME)) {
          family = found;
        }
      }));
  if (!family.has_value()) {
    return absl::UnimplementedError("this kernel has no ethtool by netlink");
  }
  return *family;
}

absl::StatusOr<std::map<std::uint32_t, EthernetState>> LinuxEthernet::Read() {
  ASSIGN_OR_RETURN(const std::uint16_t family, Family());
  std::map<std::uint32_t, EthernetState> links;
  const auto ask = [&](std::uint8_t command) {
    std::map<std::uint32_t, EthernetState> before = links;
    return requests_->Dump(
        family, "read settings of network cards",
        [command](nlmsghdr& message) { FillEthernetRequest(message, command); },
        [&] { links = before; },
        [&links](const nlmsghdr& message) { AddEthernetPart(message, links); });
  };
  for (const std::uint8_t command : kQuestions) {
    RETURN_IF_ERROR(ask(command));
  }
  if (absl::Status woken = ask(kPrivileged); !woken.ok() && !absl::IsPermissionDenied(woken)) {
    return woken;
  }
  return links;
}

absl::Status LinuxEthernet::Change(std::uint32_t link, const EthernetChange& change) {
  ASSIGN_OR_RETURN(const std::uint16_t family, Family());
  const auto send = [&](const char* what, const auto& fill) {
    return requests_->Change(family, 0, std::format("set {} of link {}", what, link), fill);
  };
  for (const std::uint8_t command : {ETHTOOL_MSG_RINGS_SET, ETHTOOL_MSG_CHANNELS_SET}) {
    if (!HasEthernetSettings(command, change.settings)) {
      continue;
    }
    const auto fill = [&](nlmsghdr& message) {
      FillEthernetSettings(message, command, link, change.settings);
    };
    RETURN_IF_ERROR(send(command == ETHTOOL_MSG_RINGS_SET ? "rings" : "channels", fill));
  }
  if (!change.features.empty()) {
    RETURN_IF_ERROR(send("features", [&](nlmsghdr& message) {
      FillEthernetFeatures(message, link, change.features);
    }));
  }
  if (change.wake_on.has_value()) {
    RETURN_IF_ERROR(send("wake on LAN", [&](nlmsghdr& message) {
      FillEthernetWake(message, link, *change.wake_on);
    }));
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
