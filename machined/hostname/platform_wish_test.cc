#include "machined/hostname/platform_wish.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;

All<HostnameWish> WishesOf(const std::string& platform, const std::string& config = "") {
  return Stated(
      *WishPlatformHostname(AllOf<network::PlatformConfig>({{"active", config}}),
                            AllOf<runtime::PlatformMetadata>({{"platformmetadata", platform}})));
}

TEST_CASE("platform wish: a name of the platform is wished for, with its domain") {
  const auto wishes = WishesOf("platform: 'nocloud' hostname: 'n1.rack.example'");
  REQUIRE(wishes.size() == 1);
  CHECK(wishes.front().id() == "platform/hostname");
  CHECK(wishes.front().spec().hostname() == "n1");
  CHECK(wishes.front().spec().domainname() == "rack.example");
  CHECK(wishes.front().spec().config_layer() == enums::CONFIG_PLATFORM);
}

TEST_CASE("platform wish: without a name, and on metal, there is none") {
  CHECK(WishesOf(GENERATE("platform: 'nocloud'", "platform: 'metal' hostname: 'n1'")).empty());
}

TEST_CASE("platform wish: what is said with the network counts, on metal too") {
  const auto wishes = WishesOf("platform: 'metal' hostname: 'n1'",
                               "hostnames { hostname: 'n2' domainname: 'lab' } hostnames {}");
  REQUIRE(wishes.size() == 1);
  CHECK(wishes.front().spec().hostname() == "n2");
  CHECK(wishes.front().spec().domainname() == "lab");
  CHECK(wishes.front().spec().config_layer() == enums::CONFIG_PLATFORM);
}

}  // namespace
}  // namespace ichor
