#include "lib/base/hex.h"

#include <array>

#include "catch2/catch_test_macros.hpp"

namespace ichor::base {

TEST_CASE("hex: two digits for each byte") {
  const std::array bytes{std::byte{0}, std::byte{0x0f}, std::byte{0xa0}, std::byte{0xff}};
  CHECK(Hex(bytes) == "000fa0ff");
  CHECK(Hex(std::span(bytes).first(2)) == "000f");
  CHECK(Hex({}).empty());
}

}  // namespace ichor::base
