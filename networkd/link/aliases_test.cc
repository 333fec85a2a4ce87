#include "networkd/link/aliases.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_virtual_links.h"

namespace ichor::networkd {
namespace {

using base::IsOk;

struct Kernel {
  Kernel() {
    netlink.links = {{.index = 2, .name = "enp0s3", .alias = "rack 7"},
                     {.index = 3, .name = "enp0s4"}};
  }

  absl::Status Apply(const std::vector<GivenRow<network::LinkAliasSpec>>& desired) {
    std::vector<GivenRow<network::LinkStatus>> observed;
    for (const sys::NetLink& link : netlink.links) {
      network::LinkStatus::Spec status;
      status.set_index(link.index);
      status.set_alias(link.alias);
      observed.emplace_back(link.name, status);
    }
    return aliases.Apply(AllOf<network::LinkAliasSpec>(desired),
                         AllOf<network::LinkStatus>(observed), links);
  }

  sys::FakeNetlink netlink;
  sys::FakeVirtualLinks links{netlink};
  LinkAliases aliases;
};

}  // namespace

TEST_CASE("aliases: a link gets its alias, another one, and none again") {
  Kernel k;
  REQUIRE_THAT(k.Apply({{"enp0s4", "alias: 'uplink'"}}), IsOk());
  CHECK(k.netlink.links[1].alias == "uplink");
  REQUIRE_THAT(k.Apply({{"enp0s4", "alias: 'storage'"}}), IsOk());
  CHECK(k.netlink.links[1].alias == "storage");
  REQUIRE_THAT(k.Apply({}), IsOk());
  CHECK(k.netlink.links[1].alias.empty());
}

TEST_CASE("aliases: what somebody else called a link stays") {
  Kernel k;
  REQUIRE_THAT(k.Apply({}), IsOk());
  CHECK(k.netlink.links[0].alias == "rack 7");
  REQUIRE_THAT(k.Apply({{"enp0s4", "alias: 'uplink'"}}), IsOk());
  k.netlink.links[1].alias = "rack 8";
  REQUIRE_THAT(k.Apply({}), IsOk());
  CHECK(k.netlink.links[1].alias == "rack 8");
}

}  // namespace ichor::networkd
