// sys::Netlink of the network namespace that it is created in.
#pragma once

#include <libmnl/libmnl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/sys/netlink.h"
#include "lib/sys/netlink_requests.h"

namespace ichor::sys {

class LinuxNetlink : public Netlink {
 public:
  static absl::StatusOr<std::unique_ptr<LinuxNetlink>> Create();

  int descriptor() const override;
  void Drain() override;
  absl::StatusOr<std::vector<NetLink>> Links() override;
  absl::StatusOr<std::vector<NetAddress>> Addresses() override;
  absl::StatusOr<std::vector<NetRoute>> Routes() override;
  absl::Status ChangeLink(std::uint32_t link, const LinkChange& change) override;
  absl::Status AddAddress(const NetAddress& address) override;
  absl::Status RemoveAddress(const NetAddress& address) override;
  absl::Status AddRoute(const NetRoute& route) override;
  absl::Status RemoveRoute(const NetRoute& route) override;

 private:
  LinuxNetlink(std::unique_ptr<NetlinkRequests> requests, NetlinkSocket events);

  // All that `parse` finds in a dump.
  template <class T>
  absl::StatusOr<std::vector<T>> List(std::uint16_t type, const std::string& what,
                                      std::optional<T> (*parse)(const nlmsghdr&));

  const std::unique_ptr<NetlinkRequests> requests_;
  const NetlinkSocket events_;
};

}  // namespace ichor::sys
