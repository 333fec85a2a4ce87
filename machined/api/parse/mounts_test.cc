#include "machined/api/parse/mounts.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api::parse {

TEST_CASE("mounts: escaped characters are what they stand for") {
  const std::vector<Mount> mounts = MountsOf(
      "/dev/dm-0 / erofs ro,relatime 0 0\n"
      "tmpfs /with\\040blank\\134n\\1 tmpfs rw 0 0\n"
      "half /a\n"
      "\n");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].source == "/dev/dm-0");
  CHECK(mounts[0].target == "/");
  CHECK(mounts[0].type == "erofs");
  CHECK(mounts[1].target == "/with blank\\n\\1");
}

}  // namespace ichor::api::parse
