// sys::Ethernet of the network namespace that it is created in.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/sys/ethernet.h"
#include "lib/sys/netlink_requests.h"

namespace ichor::sys {

class LinuxEthernet : public Ethernet {
 public:
  static absl::StatusOr<std::unique_ptr<LinuxEthernet>> Create();

  absl::StatusOr<std::map<std::uint32_t, EthernetState>> Read() override;
  absl::Status Change(std::uint32_t link, const EthernetChange& change) override;

 private:
  explicit LinuxEthernet(std::unique_ptr<NetlinkRequests> requests)
      : requests_(std::move(requests)) {}

  absl::StatusOr<std::uint16_t> Family();

  const std::unique_ptr<NetlinkRequests> requests_;
};

}  // namespace ichor::sys
