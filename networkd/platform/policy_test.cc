#include "networkd/platform/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;

PlatformWishes WishesOf(const std::string& active, const std::string& cached = "") {
  auto wishes = WishPlatform(
      AllOf<network::PlatformConfig>({{"active", active}, {"cached", cached}}),
      AllOf<network::LinkStatus>({{"enp0s3", "index: 2 type: LINK_ETHER alt_names: 'lan'"},
                                  {"enp0s4", "index: 3 type: LINK_ETHER"}}));
  REQUIRE_THAT(wishes, base::IsOk());
  return *std::move(wishes);
}

}  // namespace

TEST_CASE("platform: what it says becomes wishes of its layer, with the kernel's names of links") {
  auto wishes = WishesOf(R"(
    links { name: 'lan' up: true mtu: 1400 }
    links { name: 'lan.7' logical: true kind: 'vlan' parent_name: 'lan' vlan { vid: 7 } }
    addresses { link_name: 'lan' address { ip: '\n\t\000\002' prefix_length: 24 } }
    routes { family: FAMILY_INET4 out_link_name: 'lan' gateway { ip: '\n\t\000\001' } priority: 9 }
    operators { link_name: 'enp0s4' dhcp4 { route_metric: 5 } }
    resolvers { dns_servers { ip: '\t\t\t\t' } }
    resolvers { dns_servers { ip: '\010\010\010\010' } }
    time_servers { ntp_servers: 'ntp.example' })",
                         "links { name: 'old' }");
  const auto links = Stated(std::move(std::get<0>(wishes)));
  CHECK(Ids(links) == "platform/enp0s3 platform/lan.7");
  CHECK(links[0].spec().name() == "enp0s3");
  CHECK(links[0].spec().config_layer() == enums::CONFIG_PLATFORM);
  CHECK(links[1].spec().parent_name() == "enp0s3");
  const auto addresses = Stated(std::move(std::get<1>(wishes)));
  CHECK(Ids(addresses) == "platform/enp0s3/10.9.0.2/24");
  CHECK(addresses.front().spec().config_layer() == enums::CONFIG_PLATFORM);
  const auto routes = Stated(std::move(std::get<2>(wishes)));
  CHECK(Ids(routes) == "platform/inet4/10.9.0.1//9");
  CHECK(routes.front().spec().out_link_name() == "enp0s3");
  CHECK(Ids(Stated(std::move(std::get<3>(wishes)))) == "platform/dhcp4/enp0s4");
  const auto resolvers = Stated(std::move(std::get<4>(wishes)));
  CHECK(Ids(resolvers) == "platform/resolvers");
  CHECK(resolvers.front().spec().dns_servers_size() == 2);
  CHECK(Ids(Stated(std::move(std::get<5>(wishes)))) == "platform/timeservers");
}

TEST_CASE("platform: what was kept of an earlier boot counts until the platform has answered") {
  auto wishes =
      WishPlatform(AllOf<network::PlatformConfig>({{"cached", "links { name: 'eth7' up: true }"}}),
                   AllOf<network::LinkStatus>({}));
  REQUIRE_THAT(wishes, base::IsOk());
  CHECK(Ids(Stated(std::move(std::get<0>(*wishes)))) == "platform/eth7");
}

TEST_CASE("platform: a machined that has not spoken yet changes nothing") {
  CHECK(absl::IsUnavailable(
      WishPlatform(AllOf<network::PlatformConfig>({}), AllOf<network::LinkStatus>({})).status()));
}

}  // namespace ichor::networkd
