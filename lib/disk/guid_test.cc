#include "lib/disk/guid.h"

#include <catch2/catch_test_macros.hpp>

namespace ichor::disk {
namespace {

TEST_CASE("a GUID's text is the one it was read from") {
  constexpr std::string_view kText = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
  CHECK(ToText(KnownGuid(kText)) == kText);
}

TEST_CASE("random GUIDs are of version 4 and differ") {
  const std::string first = ToText(RandomGuid());
  CHECK(first[14] == '4');
  CHECK(std::string_view("89ab").contains(first[19]));
  CHECK(first != ToText(RandomGuid()));
}

}  // namespace
}  // namespace ichor::disk
