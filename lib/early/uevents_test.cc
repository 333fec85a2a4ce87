#include "lib/early/uevents.h"

#include <catch2/catch_test_macros.hpp>

namespace ichor::early {

TEST_CASE("uevents: a block that dm-verity refused is named") {
  const auto data = ParseCorruptBlock("dm-1", "0,1234");
  REQUIRE(data.has_value());
  CHECK(data->device == "dm-1");
  CHECK_FALSE(data->metadata);
  CHECK(data->number == 1234);
  CHECK(ParseCorruptBlock("dm-1", "1,0")->metadata);
  for (const char* other : {"", "0", "0,", "2,1", "0,-1", "0,1,2"})
    CHECK_FALSE(ParseCorruptBlock("dm-1", other).has_value());
}

}  // namespace ichor::early
