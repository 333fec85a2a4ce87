// sys::VirtualLinks of the network namespace that it is created in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/sys/netlink_requests.h"
#include "lib/sys/virtual_links.h"

namespace ichor::sys {

class LinuxVirtualLinks : public VirtualLinks {
 public:
  static absl::StatusOr<std::unique_ptr<LinuxVirtualLinks>> Create();

  absl::Status Make(const VirtualLink& link) override;
  absl::Status Change(std::uint32_t index, const VirtualLink& change) override;
  absl::Status Remove(std::uint32_t index) override;
  absl::Status SetMaster(std::uint32_t index, std::uint32_t master) override;
  absl::Status SetAlias(std::uint32_t index, const std::string& alias) override;

 private:
  explicit LinuxVirtualLinks(std::unique_ptr<NetlinkRequests> requests)
      : requests_(std::move(requests)) {}

  const std::unique_ptr<NetlinkRequests> requests_;
};

}  // namespace ichor::sys
