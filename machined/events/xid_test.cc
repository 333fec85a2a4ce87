#include "machined/events/xid.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::events {

TEST_CASE("xid: text has 20 characters, sorts as the bytes do, and comes back") {
  // From the format's own description: 4d88e15b 60f486 e428 412dc9.
  const Xid known{0x4d, 0x88, 0xe1, 0x5b, 0x60, 0xf4, 0x86, 0xe4, 0x28, 0x41, 0x2d, 0xc9};
  CHECK(ToText(known) == "9m4e2mr0ui3e8a215n4g");
  CHECK(ParseXid("9m4e2mr0ui3e8a215n4g") == known);
  CHECK(SecondsOf(known) == 0x4d88e15b);
  CHECK(ToText(known) < ToText(Next(known)));
  Xid full = MakeXid(7, {255, 255, 255, 255, 255, 255, 255, 255});
  CHECK(ParseXid(ToText(full)) == full);
  CHECK(SecondsOf(Next(full)) == 8);
}

TEST_CASE("xid: other text is refused") {
  const std::string text =
      GENERATE(as<std::string>(), "", "9m4e2mr0ui3e8a215n4", "9m4e2mr0ui3e8a215n4gg",
               "9m4e2mr0ui3e8a215n4z", "9m4e2mr0ui3e8a215n4h", "9M4e2mr0ui3e8a215n4g");
  CHECK(ParseXid(text) == std::nullopt);
}

TEST_CASE("xid: an actor's id is a UUID of version 4") {
  CHECK(UuidText(std::string(16, '\xff')) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(UuidText(std::string(16, '\0')) == "00000000-0000-4000-8000-000000000000");
}

}  // namespace ichor::events
