#include "ichorctl/generate/input.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

TEST_CASE("input: the host of an endpoint") {
  CHECK(HostOf("https://api.example.org:6443") == "api.example.org");
  CHECK(HostOf("https://10.0.0.1/path:1") == "10.0.0.1");
  CHECK(HostOf("https://[fd00::1]:6443") == "fd00::1");
  CHECK(HostOf("https://[fd00::1]") == "fd00::1");
  CHECK(HostOf("api.example.org").empty());
}

TEST_CASE("input: an endpoint is an https URL, and a mistake says what was probably meant") {
  const std::string good = GENERATE(as<std::string>(), "https://api.example.org:6443",
                                    "https://10.0.0.1", "https://[fd00::1]:6443");
  CHECK_THAT(CheckEndpoint(good), IsOk());
  CHECK_THAT(CheckEndpoint("10.0.0.1"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "the cluster's endpoint \"10.0.0.1\" is no https URL: did you mean "
                      "\"https://10.0.0.1:6443\"?"));
  CHECK_THAT(CheckEndpoint("http://api:6443"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "the cluster's endpoint \"http://api:6443\" is no https URL: did you mean "
                      "\"https://api:6443\"?"));
  const std::string bad = GENERATE(as<std::string>(), "https://", "https://:6443", "https://a:0",
                                   "https://a:70000", "https://a b", "https://a:x");
  CHECK_THAT(CheckEndpoint(bad), StatusIs(absl::StatusCode::kInvalidArgument,
                                          "the cluster's endpoint \"" + bad +
                                              "\" is not like https://api.example.org:6443"));
}

TEST_CASE("input: subnets are of the endpoint's family") {
  CHECK(PodSubnets({.endpoint = "https://10.0.0.1:6443"}).front() == "10.244.0.0/16");
  CHECK(ServiceSubnets({.endpoint = "https://[fd00::1]:6443"}).front() == "fc00:db8:20::/112");
}

}  // namespace ichor::ctl
