// What links that the kernel makes on demand have beside what all links have. See linux/if_link.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ichor::sys {

struct VlanSettings {
  std::uint16_t id = 0;
  std::uint16_t protocol = 0x8100;  // ETH_P_8021Q or ETH_P_8021AD

  bool operator==(const VlanSettings&) const = default;
};

struct BridgeSettings {
  bool spanning_tree = false;
  bool vlan_filtering = false;

  bool operator==(const BridgeSettings&) const = default;
};

// Numbers that a bond has; times are milliseconds unless said otherwise. See
// Documentation/networking/bonding.rst of the kernel.
enum class BondOption : std::uint8_t {
  kMode,
  kMiimon,
  kUpDelay,
  kDownDelay,
  kUseCarrier,
  kArpInterval,
  kArpValidate,
  kArpAllTargets,
  kPrimary,  // index of a link
  kPrimaryReselect,
  kFailOverMac,
  kXmitHashPolicy,
  kResendIgmp,
  kNumPeerNotif,
  kAllSlavesActive,
  kMinLinks,
  kLpInterval,  // seconds
  kPacketsPerSlave,
  kLacpRate,
  kAdSelect,
  kAdActorSysPrio,
  kAdUserPortKey,
  kTlbDynamicLb,
  kPeerNotifyDelay,
  kLacpActive,
  kMissedMax,
};

// What is not there is left as it is, or to the kernel.
struct BondSettings {
  std::map<BondOption, std::uint32_t> options;
  std::optional<std::vector<std::string>> arp_targets;  // IPv4, in network order, 16 at most
  std::optional<std::vector<std::string>> ns_targets;   // the same for IPv6

  bool operator==(const BondSettings&) const = default;
};

// Of a kind that has none, or none that we know: std::monostate.
using LinkSettings = std::variant<std::monostate, VlanSettings, BridgeSettings, BondSettings>;

}  // namespace ichor::sys
