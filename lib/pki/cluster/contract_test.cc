#include "lib/pki/cluster/contract.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::StatusIs;

TEST_CASE("contract: versions with and without v, patch level and pre-release") {
  CHECK(ContractOf("")->minor == Contract::kCurrentMinor);
  CHECK(ContractOf("1.6")->minor == 6);
  CHECK(ContractOf("v1.11.3")->minor == 11);
  CHECK(ContractOf("v1.3.0-alpha.1")->minor == 3);
  CHECK(ContractOf("v1.3")->Has(3));
  CHECK_FALSE(ContractOf("v1.2")->Has(3));
}

TEST_CASE("contract: what is no version, or a later one, is refused") {
  const std::string text =
      GENERATE(as<std::string>(), "v", "latest", "v1", "2.0", "v1.x", "v1.2x", "1.-2");
  CHECK_THAT(ContractOf(text),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "\"" + text + "\" is no version, such as v1.14 or v1.13.2"));
  CHECK_THAT(ContractOf("v1.99"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "\"v1.99\" is later than v1.14, the last version known here"));
}

}  // namespace ichor::pki
