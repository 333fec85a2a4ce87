// WireGuard's keys and peers of a link. See linux/wireguard.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// Keys have 32 bytes, or none if there is none; addresses are in network order.
struct WireguardPeer {
  struct Network {
    std::string address;
    std::uint8_t prefix_length = 0;

    auto operator<=>(const Network&) const = default;
  };

  std::string public_key;
  std::string preshared_key;
  std::string endpoint_address;  // empty: not known
  std::uint16_t endpoint_port = 0;
  std::uint16_t keepalive_seconds = 0;  // 0: none are sent
  std::vector<Network> allowed{};       // behind the peer

  bool operator==(const WireguardPeer&) const = default;
};

struct WireguardSettings {
  std::string private_key;
  std::string public_key;         // follows from the private one
  std::uint16_t listen_port = 0;  // 0: the kernel chooses one
  std::uint32_t mark = 0;         // of packets that are sent; 0: none
  std::vector<WireguardPeer> peers{};

  bool operator==(const WireguardSettings&) const = default;
};

// What is unset is left as it is.
struct WireguardChange {
  std::optional<std::string> private_key{};
  std::optional<std::uint16_t> listen_port{};
  std::optional<std::uint32_t> mark{};
  std::vector<WireguardPeer> set{};   // new, or in place of those with the same key
  std::vector<std::string> remove{};  // public keys

  bool operator==(const WireguardChange&) const = default;
};

// Each call blocks for some round trips, at most 5 s each. Thread-safe. Errors say what was tried
// and the kernel's own explanation. PermissionDenied without CAP_NET_ADMIN.
class Wireguard {
 public:
  virtual ~Wireguard() = default;

  // NotFound if there is no such link; Unimplemented if it is none of WireGuard, or the kernel has
  // none at all.
  virtual absl::StatusOr<WireguardSettings> Read(std::uint32_t link) = 0;
  // The same errors. Peers that are not named keep their sessions.
  virtual absl::Status Change(std::uint32_t link, const WireguardChange& change) = 0;
};

}  // namespace ichor::sys
