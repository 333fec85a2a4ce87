#include "apid/routing_policy.h"

#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::apid {

TEST_CASE("routing: a call for this node, or for none, stays here") {
  const std::set<std::string> own = {"10.0.0.1", "fd00::1", "node-1"};
  const Headers headers =
      GENERATE(Headers{}, Headers{{"x", "y"}}, Headers{{"node", "10.0.0.1"}},
               Headers{{"nodes", "fd00::1"}}, Headers{{"node", "node-1"}, {"nodes", "node-1"}});
  CHECK(CheckTarget(headers, own).ok());
}

TEST_CASE("routing: a call for others is refused") {
  const std::set<std::string> own = {"10.0.0.1", "10.0.0.2"};
  const Headers headers =
      GENERATE(Headers{{"node", "10.0.0.3"}}, Headers{{"node", ""}}, Headers{{"nodes", "10.0.0.3"}},
               Headers{{"nodes", "10.0.0.1"}, {"nodes", "10.0.0.2"}},
               Headers{{"node", "10.0.0.1"}, {"nodes", "10.0.0.3"}});
  CHECK(CheckTarget(headers, own) == absl::PermissionDeniedError("no request forwarding"));
  CHECK(CheckTarget({{"node", "10.0.0.1"}, {"node", "10.0.0.1"}}, own) ==
        absl::InvalidArgumentError("metadata \"node\": expected one value, got 2"));
}

TEST_CASE("routing: a caller gives itself no roles, and pretends no hop") {
  CHECK(HeadersForMachined({{"talos-role", "os:admin"},
                            {"node", "a"},
                            {"nodes", "a"},
                            {"proxyfrom", "b"},
                            {"grpc-timeout", "5S"},
                            {"x", "y"}},
                           {"os:reader", "os:operator"}) == Headers{{"grpc-timeout", "5S"},
                                                                    {"x", "y"},
                                                                    {"talos-role", "os:reader"},
                                                                    {"talos-role", "os:operator"}});
}

}  // namespace ichor::apid
