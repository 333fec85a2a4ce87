#include "lib/pki/names.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::StatusIs;

TEST_CASE("names: addresses are read from their text") {
  CHECK(*IpFromText("127.0.0.1") == std::string("\x7f\0\0\x01", 4));
  CHECK(*IpFromText("::1") == std::string(15, '\0') + '\x01');
  const std::string text = GENERATE(as<std::string>(), "", "node", "127.0.0.1/8", "1.2.3.4.5");
  CHECK_THAT(IpFromText(text),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "\"" + text + "\" is no IP address, such as 10.0.0.1 or fd00::1"));
}

TEST_CASE("names: without names there is no list of them") {
  CHECK(*MakeNames({}, {}) == nullptr);
}

}  // namespace ichor::pki
