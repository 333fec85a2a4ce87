#include "lib/yaml/number.h"

#include <cmath>
#include <limits>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::yml {
namespace {

// What `text` says, or something that no test expects.
Integer Parsed(std::string_view text) {
  return ParseInteger(text).value_or(Integer{.magnitude = 123'456'789});
}

TEST_CASE("integers have the bases of go-yaml") {
  const auto [text, value] = GENERATE(table<std::string, std::int64_t>({
      {"0", 0},
      {"42", 42},
      {"-42", -42},
      {"+42", 42},
      {"0x1F", 31},
      {"0o17", 15},
      {"017", 15},
      {"0b11", 3},
      {"1_000", 1000},
      {"-0x10", -16},
      {"9223372036854775807", INT64_MAX},
  }));
  const Integer integer = Parsed(text);
  CHECK(integer.negative == (value < 0));
  CHECK(integer.magnitude == static_cast<std::uint64_t>(std::abs(value)));
}

TEST_CASE("integers have 64 bits") {
  CHECK(Parsed("18446744073709551615").magnitude == UINT64_MAX);
  CHECK(Parsed("-9223372036854775808").magnitude == std::uint64_t{1} << 63U);
  CHECK_FALSE(ParseInteger("18446744073709551616").has_value());
  CHECK_FALSE(ParseInteger("-9223372036854775809").has_value());
}

TEST_CASE("what is no integer is refused") {
  const std::string text =
      GENERATE("", "-", "+", "_1", "0x", "0xg", "08", "1.0", "1e3", "a", "--1", "+-1", "1 ");
  CHECK_FALSE(ParseInteger(text).has_value());
}

TEST_CASE("numbers with fractions and exponents") {
  CHECK(ParseFloat("1.5") == 1.5);
  CHECK(ParseFloat("-.5") == -0.5);
  CHECK(ParseFloat("1.") == 1.0);
  CHECK(ParseFloat("1e3") == 1000.0);
  CHECK(ParseFloat("1_0.5E-1") == 1.05);
  CHECK(ParseFloat(".inf") == std::numeric_limits<double>::infinity());
  CHECK(ParseFloat("-.INF") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(ParseFloat(".NaN").value_or(0)));
  const std::string wrong =
      GENERATE("", ".", "-", "e3", "1e", "1e+", "0x1p3", "inf", "nan", "+.nan", "1.5.5", "1e999");
  CHECK_FALSE(ParseFloat(wrong).has_value());
}

TEST_CASE("a number is written in the shortest text that reads back") {
  const auto [value, text] = GENERATE(table<double, std::string>({
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {0.1, "0.1"},
      {100, "100"},
      {123456, "123456"},
      {1234567, "1.234567e+06"},
      {1e21, "1e+21"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {-1.5, "-1.5"},
      {HUGE_VAL, ".inf"},
      {-HUGE_VAL, "-.inf"},
      {NAN, ".nan"},
  }));
  CHECK(FormatFloat(value) == text);
}

TEST_CASE("a whole number that was an integer once has no exponent") {
  CHECK(FormatNumber(6443) == "6443");
  CHECK(FormatNumber(1234567) == "1234567");
  CHECK(FormatNumber(-5) == "-5");
  CHECK(FormatNumber(-0.0) == "-0");
  CHECK(FormatNumber(0.5) == "0.5");
  CHECK(FormatNumber(1e300) == "1e+300");
}

}  // namespace
}  // namespace ichor::yml
