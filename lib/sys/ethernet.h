// What ethtool(8) shows and sets of network cards. See Documentation/networking/ethtool-netlink.rst
// of Linux.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// Numbers of rings and channels. Switches (push, split) are 0 or 1.
enum class EthernetSetting : std::uint8_t {
  kRingRx,
  kRingRxMini,
  kRingRxJumbo,
  kRingTx,
  kRingRxBufferBytes,
  kRingCompletionBytes,
  kRingTxPush,
  kRingRxPush,
  kRingTxPushBufferBytes,
  kRingTcpDataSplit,
  kChannelRx,
  kChannelTx,
  kChannelOther,
  kChannelCombined,
};
using EthernetSettings = std::map<EthernetSetting, std::uint32_t>;

struct EthernetFeature {
  bool active = false;
  bool wanted = false;  // somebody asked for it
  bool fixed = false;   // the card does not let it be changed

  bool operator==(const EthernetFeature&) const = default;
};

// What a card does not say is not there.
struct EthernetState {
  EthernetSettings now{};
  EthernetSettings most{};
  std::map<std::string, EthernetFeature> features{};  // by the kernel's names: "rx-gro"
  std::optional<bool> link{};
  std::optional<std::uint32_t> speed_megabits{};
  std::optional<std::uint8_t> duplex{};  // DUPLEX_*
  std::optional<std::uint8_t> port{};    // PORT_*
  std::vector<std::string> our_modes{};  // "1000baseT/Full"
  std::vector<std::string> peer_modes{};
  std::vector<std::string> wakes_on{};  // "magic"

  bool operator==(const EthernetState&) const = default;
};

// What is not there is left as it is.
struct EthernetChange {
  EthernetSettings settings{};
  std::map<std::string, bool> features{};
  std::optional<std::vector<std::string>> wake_on{};  // just these

  bool IsEmpty() const { return settings.empty() && features.empty() && !wake_on.has_value(); }
  bool operator==(const EthernetChange&) const = default;
};

// Each call blocks for some round trips, at most 5 s each. Thread-safe. Errors say what was tried
// and the kernel's own explanation.
class Ethernet {
 public:
  virtual ~Ethernet() = default;

  // All links by index, those that are no cards too.
  virtual absl::StatusOr<std::map<std::uint32_t, EthernetState>> Read() = 0;
  // Rings, then channels, features, and what wakes the machine; the first error ends it. NotFound
  // if there is no such link; Unimplemented if the card has no such setting; InvalidArgument for
  // numbers that it cannot do.
  virtual absl::Status Change(std::uint32_t link, const EthernetChange& change) = 0;
};

}  // namespace ichor::sys
