#include "lib/base/edit_distance.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::base {

TEST_CASE("edit distance: letters put in, left out, replaced and swapped count") {
  CHECK(EditDistance("", "abc") == 3);
  CHECK(EditDistance("secrets", "secrets") == 0);
  CHECK(EditDistance("secrts", "secrets") == 1);
  CHECK(EditDistance("secretz", "secrets") == 1);
  CHECK(EditDistance("sercets", "secrets") == 1);
  CHECK(EditDistance("kitten", "sitting") == 3);
}

TEST_CASE("edit distance: case counts only if it is told to") {
  CHECK(EditDistance("DHCP", "dhcp") == 4);
  CHECK(EditDistance("DHCP", "dhcp", true) == 0);
  CHECK(EditDistance("DCHP", "dhcp", true) == 1);
}

}  // namespace ichor::base
