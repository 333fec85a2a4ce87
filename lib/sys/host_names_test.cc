#include "lib/sys/host_names.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {

TEST_CASE("host names: an address is its own name, and needs no name server") {
  const std::string address = GENERATE("10.0.0.1", "fd00::1");
  const auto addresses = AddressesOfHost(address);
  REQUIRE_THAT(addresses, base::IsOk());
  CHECK(*addresses == std::vector<std::string>{address});
}

TEST_CASE("host names: this machine's own name is found") {
  const auto addresses = AddressesOfHost("localhost");
  REQUIRE_THAT(addresses, base::IsOk());
  CHECK((addresses->front() == "127.0.0.1" || addresses->front() == "::1"));
}

TEST_CASE("host names: a name that is none has no address, and the error names it") {
  const auto addresses = AddressesOfHost("not..a..name");
  REQUIRE(absl::IsNotFound(addresses.status()));
  CHECK(addresses.status().message().starts_with("not..a..name: "));
}

}  // namespace ichor::sys
