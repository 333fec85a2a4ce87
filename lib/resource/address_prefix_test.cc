#include "lib/resource/address_prefix.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/address_text.h"

namespace ichor {
namespace {

bool Covers(std::string_view network, std::string_view address) {
  return IsIn(ParseNetIP(address)->ip(), *ParseNetIPPrefix(network));
}

}  // namespace

TEST_CASE("address prefix: the bits of the network count, and no other") {
  CHECK(Covers("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(Covers("10.0.0.0/8", "11.0.0.1"));
  CHECK(Covers("192.168.0.0/23", "192.168.1.255"));
  CHECK_FALSE(Covers("192.168.0.0/23", "192.168.2.0"));
  CHECK(Covers("0.0.0.0/0", "1.2.3.4"));
  CHECK(Covers("fd00::2/128", "fd00::2"));
  CHECK_FALSE(Covers("::/0", "1.2.3.4"));
  common::NetIPPrefix longer = *ParseNetIPPrefix("10.0.0.1/32");
  longer.set_prefix_length(33);
  CHECK_FALSE(IsIn(longer.ip(), longer));
  CHECK_FALSE(IsIn("", common::NetIPPrefix()));
}

}  // namespace ichor
