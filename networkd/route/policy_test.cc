#include "networkd/route/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::LinkStatus;
using network::RouteSpec;

const std::string kSubnet("\x0a\0\0\0", 4);
const std::string kGateway("\x0a\0\0\1", 4);

Links Cards() {
  return AllOf<LinkStatus>(
      {{"eth0", "index: 2 type: LINK_ETHER flags: 1"}, {"eth1", "index: 3 type: LINK_ETHER"}});
}

std::string Default(const std::string& link) {
  return "family: FAMILY_INET4 gateway { ip: '\\012\\000\\000\\001' } out_link_name: '" + link +
         "' priority: 1024 table: TABLE_MAIN type: TYPE_UNICAST";
}

constexpr const char* kDirect =
    "family: FAMILY_INET4 destination { ip: '\\012\\000\\000\\001' prefix_length: 32 } "
    "out_link_name: 'eth0' priority: 1024 table: TABLE_MAIN scope: SCOPE_LINK type: TYPE_UNICAST";

RoutePlan Plan(std::vector<GivenRow<RouteSpec>> desired, const std::vector<KernelRoute>& ours = {},
               std::vector<Subnet> subnets = {}) {
  return PlanRoutes(AllOf<RouteSpec>(std::move(desired)), Cards(), ours, std::move(subnets));
}

}  // namespace

TEST_CASE("route ids: as clients know them") {
  RouteSpec::Spec spec = Text(Default("eth0"));
  CHECK(RouteId(spec) == "inet4/10.0.0.1//1024");
  spec = Text(kDirect);
  CHECK(RouteId(spec) == "inet4//10.0.0.1/32/1024");
  spec.set_family(talos::resource::definitions::enums::FAMILY_INET6);
  CHECK(RouteId(spec) == "eth0/inet6//10.0.0.1/32/1024");
}

TEST_CASE("route plan: a route waits until its gateway can be reached") {
  const RoutePlan waiting = Plan({{"default", Default("eth0")}});
  REQUIRE(waiting.steps.size() == 1);
  CHECK(waiting.steps[0].waiting == "waits for an address that reaches 10.0.0.1");
  const RoutePlan plan = Plan({{"default", Default("eth0")}}, {},
                              {{.link = 2, .address = kSubnet, .prefix_length = 24}});
  CHECK(plan.steps[0].waiting.empty());
  CHECK(plan.steps[0].route.gateway == kGateway);
  // On another link it is of no use.
  CHECK_FALSE(Plan({{"default", Default("eth0")}}, {},
                   {{.link = 3, .address = kSubnet, .prefix_length = 24}})
                  .steps[0]
                  .waiting.empty());
}

TEST_CASE("route plan: links that are missing or down are waited for") {
  CHECK(Plan({{"default", Default("eth7")}}).steps[0].waiting == "waits for link eth7");
  CHECK(Plan({{"default", Default("eth1")}}).steps[0].waiting == "waits for eth1 to be up");
}

TEST_CASE("route plan: a route that drops packets waits for no link, and is known again") {
  const char* const drop =
      "family: FAMILY_INET6 destination { ip: '\\xfd\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' "
      "prefix_length: 8 } type: TYPE_BLACKHOLE";
  const RoutePlan plan = Plan({{"drop", drop}});
  CHECK(plan.steps[0].waiting.empty());
  CHECK(plan.steps[0].route.link == 0);
  CHECK(RouteId(Text(drop)) == "inet6//fd00::/8/0");
  const RoutePlan again = Plan({{"drop", drop}}, {plan.steps[0].route});
  CHECK(again.steps[0].there);
  CHECK(again.remove.empty());
  CHECK(Plan({}, {plan.steps[0].route}).remove.size() == 1);
}

TEST_CASE("route plan: the way to a gateway is made before the route over it") {
  const RoutePlan plan = Plan({{"a", Default("eth0")}, {"b", kDirect}});
  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.steps[0].id == "b");
  CHECK(plan.steps[1].waiting.empty());
}

TEST_CASE("route plan: what is there stays, what is ours and not desired goes") {
  const std::vector<Subnet> subnets = {{.link = 2, .address = kSubnet, .prefix_length = 24}};
  const KernelRoute there = Plan({{"default", Default("eth0")}}, {}, subnets).steps[0].route;
  KernelRoute old = there;
  old.priority = 5;
  const RoutePlan plan = Plan({{"default", Default("eth0")}}, {there, old}, subnets);
  CHECK(plan.steps[0].there);
  CHECK(plan.remove == std::vector{old});
}

TEST_CASE("route plan: a link that is renamed keeps its routes until the wishes follow") {
  const std::vector<Subnet> subnets = {{.link = 2, .address = kSubnet, .prefix_length = 24}};
  const KernelRoute there = Plan({{"default", Default("eth0")}}, {}, subnets).steps[0].route;
  CHECK(Plan({{"default", Default("eth7")}}, {there}, subnets).remove.empty());
}

}  // namespace ichor::networkd
