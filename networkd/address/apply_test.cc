#include "networkd/address/apply.h"

#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_netlink.h"

namespace ichor::networkd {
namespace {

// The address comes between the list and the request, as lo's does when it is brought up.
class LateNetlink : public sys::FakeNetlink {
 public:
  absl::StatusOr<std::vector<sys::NetAddress>> Addresses() override {
    return std::vector<sys::NetAddress>();
  }
};

}  // namespace

TEST_CASE("apply addresses: one that somebody else makes at the same time is used as it is") {
  LateNetlink netlink;
  netlink.links = {{.index = 1, .name = "lo", .type = 772}};
  netlink.addresses = {{.link = 1, .address = std::string("\x7f\0\0\1", 4), .prefix_length = 8}};
  const auto desired = AllOf<network::AddressSpec>(
      {{"lo/127.0.0.1/8",
        "address { ip: '\\177\\000\\000\\001' prefix_length: 8 } link_name: 'lo'"}});
  const auto links = AllOf<network::LinkStatus>({{"lo", "index: 1 type: LINK_LOOPBCK"}});
  const auto report = ApplyAddresses(desired, links, netlink);
  CHECK(report.status().ok());
  REQUIRE(netlink.addresses.size() == 1);
  CHECK(netlink.addresses[0].protocol == 0);
}

}  // namespace ichor::networkd
