#include "lib/pki/secret.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::pki {

TEST_CASE("secret: what was moved away leaves nothing behind") {
  Secret from("0123456789");
  Secret to = std::move(from);
  CHECK(from.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  CHECK(to.text() == "0123456789");
  from = std::move(to);
  CHECK(to.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(from.text() == "0123456789");
}

TEST_CASE("secret: assigning replaces, and a secret may be assigned to itself") {
  Secret one("one");
  const Secret other("other");
  one = other;
  CHECK(one == other);
  Secret& same = one;
  one = same;
  CHECK(one.text() == "other");
}

}  // namespace ichor::pki
