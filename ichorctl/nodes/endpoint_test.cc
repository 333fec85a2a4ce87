#include "ichorctl/nodes/endpoint.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::StatusIs;

TEST_CASE("endpoint: hosts, addresses, ports and URLs are told apart") {
  const auto [text, host, port] = GENERATE(table<std::string, std::string, int>({
      {"10.0.0.1", "10.0.0.1", 50000},
      {"10.0.0.1:50001", "10.0.0.1", 50001},
      {"node.example", "node.example", 50000},
      {"node.example:443", "node.example", 443},
      {"fd00::1", "fd00::1", 50000},
      {"[fd00::1]", "fd00::1", 50000},
      {"[fd00::1]:6443", "fd00::1", 6443},
      {"https://proxy.example", "proxy.example", 443},
      {"https://proxy.example:8443/", "proxy.example", 8443},
  }));
  const auto endpoint = ParseEndpoint(text);
  REQUIRE(endpoint.ok());
  CHECK(endpoint->host == host);
  CHECK(endpoint->port == port);
}

TEST_CASE("endpoint: text that is none is refused") {
  const std::string text = GENERATE("", ":50000", "node:", "node:0", "node:70000", "node:x", "a b",
                                    "http://node", "[fd00::1", "me@node");
  CHECK_THAT(ParseEndpoint(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "\"" + text +
                                               "\" is no endpoint: expected HOST, HOST:PORT or "
                                               "https://HOST"));
}

}  // namespace ichor::ctl
