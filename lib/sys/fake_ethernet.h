// Settings of network cards without a kernel.
#pragma once

#include <cstdint>
#include <map>

#include "lib/sys/ethernet.h"

namespace ichor::sys {

class FakeEthernet : public Ethernet {
 public:
  absl::StatusOr<std::map<std::uint32_t, EthernetState>> Read() override { return links; }
  absl::Status Change(std::uint32_t link, const EthernetChange& change) override;

  std::map<std::uint32_t, EthernetState> links;  // by index: those that there are
  int changes = 0;
};

}  // namespace ichor::sys
