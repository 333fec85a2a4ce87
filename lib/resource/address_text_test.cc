#include "lib/resource/address_text.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor {
namespace {

// The bytes of an address; "?" if it is none.
std::string BytesOf(std::string_view text) {
  const auto address = ParseNetIP(text);
  return address ? address->ip() : "?";
}

TEST_CASE("addresses survive the way through text") {
  const std::string text =
      GENERATE("0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "1::", "fe80::1%eth0",
               "2001:db8:0:1:1:1:1:1", "2001:db8::1:0:0:1", "::ffff:1.2.3.4", "::102:304",
               "1:2:3:4:5:6:7:0", "fd00:0:0:1::2");
  CHECK(ToText(ParseNetIP(text).value_or(common::NetIP())) == text);
}

TEST_CASE("an address has 4 or 16 bytes, and perhaps a zone") {
  CHECK(BytesOf("1.2.3.4") == "\x01\x02\x03\x04");
  CHECK(BytesOf("::1").size() == 16);
  CHECK(BytesOf("fe80::1%eth0").substr(16) == "eth0");
  CHECK(BytesOf("").empty());
  CHECK(ToText(common::NetIP()).empty());
}

TEST_CASE("what is no address is refused") {
  const std::string text = GENERATE(" ", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.0.0.1",
                                    "1.2.3.4%eth0", "::%", ":::", "10.0.0.1/8", "host");
  CHECK_FALSE(ParseNetIP(text).has_value());
  CHECK_FALSE(ParseNetIP(std::string_view("::1\0", 4)).has_value());
}

TEST_CASE("bytes that are no address are shown") {
  common::NetIP address;
  address.set_ip("\x01\x02");
  CHECK(ToText(address) == "invalid:0102");
}

TEST_CASE("endpoints survive the way through text") {
  const std::string text =
      GENERATE("10.0.0.1:0", "10.0.0.1:65535", "[::1]:80", "[fe80::1%eth0]:51820");
  CHECK(ToText(ParseNetIPPort(text).value_or(common::NetIPPort())) == text);
}

TEST_CASE("what is no endpoint is refused") {
  const std::string text =
      GENERATE("10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:-1", "10.0.0.1:08",
               "[10.0.0.1]:80", "::1:80", "[::1]80", ":80", "host:80");
  CHECK_FALSE(ParseNetIPPort(text).has_value());
}

TEST_CASE("prefixes survive the way through text") {
  const std::string text =
      GENERATE("0.0.0.0/0", "10.0.0.1/24", "10.0.0.1/32", "::/0", "fd00::1/128");
  CHECK(ToText(ParseNetIPPrefix(text).value_or(common::NetIPPrefix())) == text);
}

TEST_CASE("what is no prefix is refused") {
  const std::string text = GENERATE("10.0.0.1", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/+8",
                                    "10.0.0.1/08", "::1/129", "fe80::1%eth0/64", "/8");
  CHECK_FALSE(ParseNetIPPrefix(text).has_value());
}

TEST_CASE("hardware addresses are pairs of hexadecimal digits") {
  CHECK(HardwareAddressToText(std::string_view("\x52\x54\x00\xab\xcd\xef", 6)) ==
        "52:54:00:ab:cd:ef");
  CHECK(HardwareAddressToText("").empty());
  CHECK(ParseHardwareAddress("52:54:00:AB:cd:ef") == std::string("\x52\x54\x00\xab\xcd\xef", 6));
  CHECK(ParseHardwareAddress("") == "");
  const std::string wrong =
      GENERATE(":", "52", "52:5", "52:545", "52-54-00", "52:54:0g", "52:54:+1");
  CHECK((ParseHardwareAddress(wrong).has_value()) == (wrong == "52"));
}

}  // namespace
}  // namespace ichor
