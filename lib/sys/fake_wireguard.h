// WireGuard's settings without a kernel.
#pragma once

#include <cstdint>
#include <map>

#include "lib/sys/wireguard.h"

namespace ichor::sys {

class FakeWireguard : public Wireguard {
 public:
  absl::StatusOr<WireguardSettings> Read(std::uint32_t link) override;
  absl::Status Change(std::uint32_t link, const WireguardChange& change) override;

  std::map<std::uint32_t, WireguardSettings> links;  // by index: those that there are
  int changes = 0;
};

}  // namespace ichor::sys
