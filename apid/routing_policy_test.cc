#include "apid/routing_policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::apid {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::string_view kVersion = "/machine.MachineService/Version";

Whereabouts Here(bool forwards) {
  return {.own = {"10.0.0.1", "fd00::1", "node-1"}, .forwards = forwards};
}

}  // namespace

TEST_CASE("routing: a call for this node, or for none, stays here") {
  const bool forwards = GENERATE(false, true);
  const Headers headers = GENERATE(Headers{}, Headers{{"x", "y"}}, Headers{{"node", "10.0.0.1"}},
                                   Headers{{"node", "node-1"}});
  const auto route = ChooseRoute(kVersion, headers, Here(forwards));
  REQUIRE_THAT(route, IsOk());
  CHECK(route->kind == Route::Kind::kHere);
}

TEST_CASE("routing: only a call that names nodes makes it matter what this one is called") {
  CHECK_FALSE(NamesNodes({}));
  CHECK_FALSE(NamesNodes({{"proxyfrom", "10.0.0.2"}, {"no", "de"}}));
  CHECK(NamesNodes({{"x", "y"}, {"node", ""}}));
  CHECK(NamesNodes({{"nodes", "10.0.0.1"}}));
}

TEST_CASE("routing: a call for others is refused by a node that speaks for nobody") {
  const Headers headers =
      GENERATE(Headers{{"node", "10.0.0.3"}}, Headers{{"node", ""}}, Headers{{"nodes", "10.0.0.3"}},
               Headers{{"nodes", "10.0.0.1"}, {"nodes", "10.0.0.2"}},
               Headers{{"node", "10.0.0.1"}, {"nodes", "10.0.0.3"}});
  CHECK_THAT(ChooseRoute(kVersion, headers, Here(false)),
             StatusIs(absl::StatusCode::kPermissionDenied, "no request forwarding"));
  const auto own = ChooseRoute(kVersion, {{"nodes", "fd00::1"}}, Here(false));
  REQUIRE_THAT(own, IsOk());
  CHECK(own->kind == Route::Kind::kHere);
}

TEST_CASE("routing: one other node is called, many are called together") {
  const auto one = ChooseRoute("/cosi.resource.State/Get", {{"node", "10.0.0.3"}}, Here(true));
  REQUIRE_THAT(one, IsOk());
  CHECK(one->kind == Route::Kind::kOne);
  CHECK(one->targets == std::vector<std::string>{"10.0.0.3"});
  const auto many =
      ChooseRoute(kVersion, {{"nodes", "10.0.0.3"}, {"nodes", "10.0.0.1"}}, Here(true));
  REQUIRE_THAT(many, IsOk());
  CHECK(many->kind == Route::Kind::kMany);
  CHECK(many->targets == std::vector<std::string>{"10.0.0.3", "10.0.0.1"});
}

TEST_CASE("routing: what another node passed on goes no further") {
  const auto route =
      ChooseRoute(kVersion, {{"node", "10.0.0.3"}, {"nodes", "10.0.0.4"}, {"proxyfrom", "unknown"}},
                  Here(true));
  REQUIRE_THAT(route, IsOk());
  CHECK(route->kind == Route::Kind::kHere);
}

TEST_CASE("routing: two nodes to one name, and methods without a place for names, are mistakes") {
  CHECK_THAT(
      ChooseRoute(kVersion, {{"node", "10.0.0.1"}, {"node", "10.0.0.1"}}, Here(true)),
      StatusIs(absl::StatusCode::kInvalidArgument, "metadata \"node\": expected one value, got 2"));
  CHECK_THAT(ChooseRoute("/cosi.resource.State/Get", {{"nodes", "10.0.0.3"}}, Here(true)),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "/cosi.resource.State/Get cannot be sent to many nodes: call each with "
                      "metadata \"node\""));
}

TEST_CASE("routing: replies that are streams are known") {
  CHECK(IsStreaming("/machine.MachineService/Logs"));
  CHECK(IsStreaming("/machine.MachineService/PacketCapture"));
  CHECK(IsStreaming("/some.Service/AnyStream"));
  CHECK_FALSE(IsStreaming(kVersion));
}

TEST_CASE("routing: a caller gives itself no roles, and pretends no hop") {
  const Headers headers = {{"talos-role", "os:admin"},  {"node", "a"},          {"nodes", "a"},
                           {"proxyfrom", "b"},          {"grpc-timeout", "5S"}, {"x", "y"},
                           {"ichor-peer", "10.0.0.9:1"}};
  Headers expected = {{"grpc-timeout", "5S"},
                      {"x", "y"},
                      {"talos-role", "os:reader"},
                      {"talos-role", "os:operator"}};
  CHECK(HeadersForMachined(headers, {"os:reader", "os:operator"}) == expected);
  expected.emplace_back("proxyfrom", "10.0.0.1:50000");
  CHECK(HeadersForNode(headers, {"os:reader", "os:operator"}, "10.0.0.1:50000") == expected);
  CHECK(HeadersForNode({}, {}, "") == Headers{{"proxyfrom", "unknown"}});
}

}  // namespace ichor::apid
