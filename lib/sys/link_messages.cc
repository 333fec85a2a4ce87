#include "lib/sys/link_messages.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "lib/sys/netlink_attributes.h"

namespace ichor::sys {
namespace {

// Where a number of a bond stands in IFLA_INFO_DATA, and how many bytes it has.
struct BondAttribute {
  BondOption option;
  std::uint16_t type;
  std::uint8_t bytes;
};

constexpr std::array kBondAttributes = {
    BondAttribute{BondOption::kMode, IFLA_BOND_MODE, 1},
    BondAttribute{BondOption::kMiimon, IFLA_BOND_MIIMON, 4},
    BondAttribute{BondOption::kUpDelay, IFLA_BOND_UPDELAY, 4},
    BondAttribute{BondOption::kDownDelay, IFLA_BOND_DOWNDELAY, 4},
    BondAttribute{BondOption::kUseCarrier, IFLA_BOND_USE_CARRIER, 1},
    BondAttribute{BondOption::kArpInterval, IFLA_BOND_ARP_INTERVAL, 4},
    BondAttribute{BondOption::kArpValidate, IFLA_BOND_ARP_VALIDATE, 4},
    BondAttribute{BondOption::kArpAllTargets, IFLA_BOND_ARP_ALL_TARGETS, 4},
    BondAttribute{BondOption::kPrimary, IFLA_BOND_PRIMARY, 4},
    BondAttribute{BondOption::kPrimaryReselect, IFLA_BOND_PRIMARY_RESELECT, 1},
    BondAttribute{BondOption::kFailOverMac, IFLA_BOND_FAIL_OVER_MAC, 1},
    BondAttribute{BondOption::kXmitHashPolicy, IFLA_BOND_XMIT_HASH_POLICY, 1},
    BondAttribute{BondOption::kResendIgmp, IFLA_BOND_RESEND_IGMP, 4},
    BondAttribute{BondOption::kNumPeerNotif, IFLA_BOND_NUM_PEER_NOTIF, 1},
    BondAttribute{BondOption::kAllSlavesActive, IFLA_BOND_ALL_SLAVES_ACTIVE, 1},
    BondAttribute{BondOption::kMinLinks, IFLA_BOND_MIN_LINKS, 4},
    BondAttribute{BondOption::kLpInterval, IFLA_BOND_LP_INTERVAL, 4},
    BondAttribute{BondOption::kPacketsPerSlave, IFLA_BOND_PACKETS_PER_SLAVE, 4},
    BondAttribute{BondOption::kLacpRate, IFLA_BOND_AD_LACP_RATE, 1},
    BondAttribute{BondOption::kAdSelect, IFLA_BOND_AD_SELECT, 1},
    BondAttribute{BondOption::kAdActorSysPrio, IFLA_BOND_AD_ACTOR_SYS_PRIO, 2},
    BondAttribute{BondOption::kAdUserPortKey, IFLA_BOND_AD_USER_PORT_KEY, 2},
    BondAttribute{BondOption::kTlbDynamicLb, IFLA_BOND_TLB_DYNAMIC_LB, 1},
    BondAttribute{BondOption::kPeerNotifyDelay, IFLA_BOND_PEER_NOTIF_DELAY, 4},
    BondAttribute{BondOption::kLacpActive, IFLA_BOND_AD_LACP_ACTIVE, 1},
    BondAttribute{BondOption::kMissedMax, IFLA_BOND_MISSED_MAX, 1},
};

void PutNumber(nlmsghdr& message, std::uint16_t type, std::uint32_t value, std::uint8_t bytes) {
  switch (bytes) {
    case 1:
      mnl_attr_put_u8(&message, type, static_cast<std::uint8_t>(value));
      return;
    case 2:
      mnl_attr_put_u16(&message, type, static_cast<std::uint16_t>(value));
      return;
    default:
      mnl_attr_put_u32(&message, type, value);
  }
}

std::optional<std::uint32_t> NumberOf(const nlattr& attribute) {
  switch (mnl_attr_get_payload_len(&attribute)) {
    case sizeof(std::uint8_t):
      return mnl_attr_get_u8(&attribute);
    case sizeof(std::uint16_t):
      return mnl_attr_get_u16(&attribute);
    case sizeof(std::uint32_t):
      return mnl_attr_get_u32(&attribute);
    default:
      return std::nullopt;
  }
}

// A list of addresses is nested, each in an attribute whose type is its place.
void PutTargets(nlmsghdr& message, std::uint16_t type, const std::vector<std::string>& targets) {
  nlattr* const list = mnl_attr_nest_start(&message, type);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    mnl_attr_put(&message, static_cast<std::uint16_t>(i), targets[i].size(), targets[i].data());
  }
  mnl_attr_nest_end(&message, list);
}

std::vector<std::string> TargetsOf(const nlattr& list) {
  std::vector<std::string> targets;
  ForEachAttribute(list, [&targets](const nlattr& target, std::uint16_t /*type*/) {
    targets.emplace_back(static_cast<const char*>(mnl_attr_get_payload(&target)),
                         mnl_attr_get_payload_len(&target));
  });
  return targets;
}

void Put(nlmsghdr& message, const VlanSettings& vlan) {
  mnl_attr_put_u16(&message, IFLA_VLAN_ID, vlan.id);
  mnl_attr_put_u16(&message, IFLA_VLAN_PROTOCOL, htons(vlan.protocol));
}

void Put(nlmsghdr& message, const BridgeSettings& bridge) {
  mnl_attr_put_u32(&message, IFLA_BR_STP_STATE, bridge.spanning_tree ? 1 : 0);
  mnl_attr_put_u8(&message, IFLA_BR_VLAN_FILTERING, bridge.vlan_filtering ? 1 : 0);
}

void Put(nlmsghdr& message, const BondSettings& bond) {
  for (const BondAttribute& attribute : kBondAttributes) {
    if (const auto found = bond.options.find(attribute.option); found != bond.options.end()) {
      PutNumber(message, attribute.type, found->second, attribute.bytes);
    }
  }
  if (bond.arp_targets.has_value()) {
    PutTargets(message, IFLA_BOND_ARP_IP_TARGET, *bond.arp_targets);
  }
  if (bond.ns_targets.has_value()) {
    PutTargets(message, IFLA_BOND_NS_IP6_TARGET, *bond.ns_targets);
  }
}

void Put(nlmsghdr& /*message*/, const std::monostate& /*none*/) {}

VlanSettings ParseVlan(const nlattr& data) {
  VlanSettings vlan;
  ForEachAttribute(data, [&vlan](const nlattr& attribute, std::uint16_t type) {
    const auto number = static_cast<std::uint16_t>(NumberOf(attribute).value_or(0));
    if (type == IFLA_VLAN_ID) {
      vlan.id = number;
    } else if (type == IFLA_VLAN_PROTOCOL) {
      vlan.protocol = ntohs(number);
    }
  });
  return vlan;
}

BridgeSettings ParseBridge(const nlattr& data) {
  BridgeSettings bridge;
  ForEachAttribute(data, [&bridge](const nlattr& attribute, std::uint16_t type) {
    const bool on = NumberOf(attribute).value_or(0) != 0;
    if (type == IFLA_BR_STP_STATE) {
      bridge.spanning_tree = on;
    } else if (type == IFLA_BR_VLAN_FILTERING) {
      bridge.vlan_filtering = on;
    }
  });
  return bridge;
}

BondSettings ParseBond(const nlattr& data) {
  BondSettings bond;
  ForEachAttribute(data, [&bond](const nlattr& attribute, std::uint16_t type) {
    if (type == IFLA_BOND_ARP_IP_TARGET) {
      bond.arp_targets = TargetsOf(attribute);
    } else if (type == IFLA_BOND_NS_IP6_TARGET) {
      bond.ns_targets = TargetsOf(attribute);
    }
    const auto* const known = std::ranges::find(kBondAttributes, type, &BondAttribute::type);
    const std::optional<std::uint32_t> number = NumberOf(attribute);
    if (known != kBondAttributes.end() && number.has_value()) {
      bond.options[known->option] = *number;
    }
  });
  return bond;
}

ifinfomsg& PutBody(nlmsghdr& message, std::uint32_t index) {
  auto& body = *static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(ifinfomsg)));
  body.ifi_family = AF_UNSPEC;
  body.ifi_index = static_cast<int>(index);
  return body;
}

void PutHardwareAddress(nlmsghdr& message, const VirtualLink& link) {
  if (!link.hardware_address.empty()) {
    mnl_attr_put(&message, IFLA_ADDRESS, link.hardware_address.size(),
                 link.hardware_address.data());
  }
}

void PutKind(nlmsghdr& message, const VirtualLink& link) {
  nlattr* const info = mnl_attr_nest_start(&message, IFLA_LINKINFO);
  mnl_attr_put_strz(&message, IFLA_INFO_KIND, link.kind.c_str());
  if (!std::holds_alternative<std::monostate>(link.settings)) {
    nlattr* const data = mnl_attr_nest_start(&message, IFLA_INFO_DATA);
    std::visit([&message](const auto& settings) { Put(message, settings); }, link.settings);
    mnl_attr_nest_end(&message, data);
  }
  mnl_attr_nest_end(&message, info);
}

}  // namespace

LinkSettings ParseLinkSettings(std::string_view kind, const nlattr* data) {
  if (data == nullptr) {
    return {};
  }
  if (kind == "vlan") {
    return ParseVlan(*data);
  }
  if (kind == "bridge") {
    return ParseBridge(*data);
  }
  if (kind == "bond") {
    return ParseBond(*data);
  }
  return {};
}

void FillNewLink(nlmsghdr& message, const VirtualLink& link) {
  PutBody(message, 0);
  mnl_attr_put_strz(&message, IFLA_IFNAME, link.name.c_str());
  if (link.lower != 0) {
    mnl_attr_put_u32(&message, IFLA_LINK, link.lower);
  }
  mnl_attr_put_u32(&message, IFLA_GROUP, link.group);
  PutHardwareAddress(message, link);
  PutKind(message, link);
}

void FillSettings(nlmsghdr& message, std::uint32_t index, const VirtualLink& link) {
  PutBody(message, index);
  PutHardwareAddress(message, link);
  PutKind(message, link);
}

void FillRemoval(nlmsghdr& message, std::uint32_t index) {
  PutBody(message, index);
}

void FillMaster(nlmsghdr& message, std::uint32_t index, std::uint32_t master) {
  PutBody(message, index);
  mnl_attr_put_u32(&message, IFLA_MASTER, master);
}

void FillAlias(nlmsghdr& message, std::uint32_t index, std::string_view alias) {
  PutBody(message, index);
  mnl_attr_put(&message, IFLA_IFALIAS, alias.size(), alias.data());
}

}  // namespace ichor::sys
