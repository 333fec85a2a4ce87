#include "lib/early/text.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/early/bytes.h"

namespace ichor::early {

TEST_CASE("early text: what does not fit is cut off and said") {
  Text<8> text{"abc", "def"};
  CHECK(text.fits());
  CHECK(text.view() == "abcdef");
  text.Append({"gh"});
  CHECK_FALSE(text.fits());
  CHECK(text.view() == "abcdefg");
  CHECK(std::string(text.c_str()) == "abcdefg");
  text.Cut(3);
  CHECK(text.fits());
  CHECK(text.view() == "abc");
}

TEST_CASE("early text: numbers become digits") {
  CHECK(std::string_view(Decimal(0)) == "0");
  CHECK(std::string_view(Decimal(-42)) == "-42");
  CHECK(std::string_view(Decimal(std::numeric_limits<std::int64_t>::min())) ==
        "-9223372036854775808");
  CHECK(std::string_view(Decimal(std::numeric_limits<std::int64_t>::max())) ==
        "9223372036854775807");
}

TEST_CASE("early text: only digits that fit 64 bits are a number") {
  CHECK(ToNumber("0") == 0);
  CHECK(ToNumber("18446744073709551615") == UINT64_MAX);
  CHECK_FALSE(ToNumber("18446744073709551616").has_value());
  CHECK_FALSE(ToNumber("99999999999999999999").has_value());
  CHECK_FALSE(ToNumber("").has_value());
  CHECK_FALSE(ToNumber("-1").has_value());
  CHECK_FALSE(ToNumber("1 ").has_value());
}

TEST_CASE("early text: bytes go to hexadecimal digits and back") {
  std::array<std::byte, 3> bytes{};
  CHECK(FromHex("00aBfF", bytes));
  CHECK(bytes == std::array{std::byte{0}, std::byte{0xab}, std::byte{0xff}});
  std::array<char, 6> digits{};
  ToHex(bytes, digits);
  CHECK(std::string_view(digits.data(), digits.size()) == "00abff");
  CHECK_FALSE(FromHex("00abf", bytes));
  CHECK_FALSE(FromHex("00abfg", bytes));
}

TEST_CASE("early text: parts never reach beyond the text") {
  CHECK(Part("abc", 1) == "bc");
  CHECK(Part("abc", 1, 1) == "b");
  CHECK(Part("abc", 3).empty());
  CHECK(Part("abc", 9, 2).empty());
  std::string_view rest = "a:b";
  CHECK(TakeUntil(rest, ':') == "a");
  CHECK(TakeUntil(rest, ':') == "b");
  CHECK(rest.empty());
  CHECK(Trim(" \t x y\n") == "x y");
}

TEST_CASE("early bytes: numbers are little-endian, and 0 where the bytes end") {
  const std::array bytes{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  CHECK(LittleEndian<std::uint32_t>(bytes, 0) == 0x04030201);
  CHECK(LittleEndian<std::uint16_t>(bytes, 1) == 0x0302);
  CHECK(LittleEndian<std::uint32_t>(bytes, 1) == 0);
  CHECK(LittleEndian<std::uint64_t>(bytes, SIZE_MAX) == 0);
}

}  // namespace ichor::early
