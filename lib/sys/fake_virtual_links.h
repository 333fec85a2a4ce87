// Makes links in a FakeNetlink, with the kernel's rules.
#pragma once

#include "lib/sys/fake_netlink.h"
#include "lib/sys/virtual_links.h"

namespace ichor::sys {

class FakeVirtualLinks : public VirtualLinks {
 public:
  // `netlink` must outlive it.
  explicit FakeVirtualLinks(FakeNetlink& netlink) : netlink_(netlink) {}

  absl::Status Make(const VirtualLink& link) override;
  absl::Status Change(std::uint32_t index, const VirtualLink& change) override;
  absl::Status Remove(std::uint32_t index) override;
  absl::Status SetMaster(std::uint32_t index, std::uint32_t master) override;
  absl::Status SetAlias(std::uint32_t index, const std::string& alias) override;

 private:
  NetLink* Find(std::uint32_t index);

  FakeNetlink& netlink_;
  std::uint32_t next_index_ = 100;  // no link of a test has a higher one
};

}  // namespace ichor::sys
