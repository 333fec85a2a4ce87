#include "lib/base/random.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::base {

TEST_CASE("random: as many bytes as asked for, others every time") {
  CHECK(RandomBytes(0).empty());
  CHECK(RandomBytes(256).size() == 256);
  CHECK(RandomBytes(16) != RandomBytes(16));
}

}  // namespace ichor::base
