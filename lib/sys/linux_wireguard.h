// sys::Wireguard of the network namespace that it is created in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/sys/netlink_requests.h"
#include "lib/sys/wireguard.h"

namespace ichor::sys {

class LinuxWireguard : public Wireguard {
 public:
  static absl::StatusOr<std::unique_ptr<LinuxWireguard>> Create();

  absl::StatusOr<WireguardSettings> Read(std::uint32_t link) override;
  absl::Status Change(std::uint32_t link, const WireguardChange& change) override;

 private:
  explicit LinuxWireguard(std::unique_ptr<NetlinkRequests> requests)
      : requests_(std::move(requests)) {}

  // The number of WireGuard's family, which the kernel gives when its module is loaded.
  absl::StatusOr<std::uint16_t> Family();

  absl::Status SetPeer(std::uint16_t family, std::uint32_t link, const WireguardPeer& peer,
                       const std::string& what);

  const std::unique_ptr<NetlinkRequests> requests_;
};

}  // namespace ichor::sys
