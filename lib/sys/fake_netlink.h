// Links, addresses and routes with the kernel's rules, without a kernel.
#pragma once

#include <string>
#include <vector>

#include "lib/sys/netlink.h"

namespace ichor::sys {

class FakeNetlink : public Netlink {
 public:
  int descriptor() const override { return -1; }
  void Drain() override {}
  absl::StatusOr<std::vector<NetLink>> Links() override;
  absl::StatusOr<std::vector<NetAddress>> Addresses() override;
  absl::StatusOr<std::vector<NetRoute>> Routes() override;
  absl::Status ChangeLink(std::uint32_t link, const LinkChange& change) override;
  absl::Status AddAddress(const NetAddress& address) override;
  absl::Status RemoveAddress(const NetAddress& address) override;
  absl::Status AddRoute(const NetRoute& route) override;
  absl::Status RemoveRoute(const NetRoute& route) override;

  // What there is; a test may put things there that somebody else made.
  std::vector<NetLink> links;
  std::vector<NetAddress> addresses;
  std::vector<NetRoute> routes;
  // If not OK, the next call fails with it, once.
  absl::Status fail_next;

 private:
  absl::Status TakeFailure();
  NetLink* Find(std::uint32_t index);
  bool Reachable(const NetRoute& route) const;
  void AddConnected(const NetAddress& address);
};

}  // namespace ichor::sys
