#include "lib/config/size_text.h"

#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::config {
namespace {

TEST_CASE("size: units are of 1000 or of 1024, in any case") {
  using Row = std::pair<std::string_view, std::int64_t>;
  const auto [text, bytes] =
      GENERATE(Row{"0", 0}, Row{"4096", 4096}, Row{"1KB", 1000}, Row{"1KiB", 1024}, Row{"1k", 1000},
               Row{"2 gib", 2147483648}, Row{"1.5MB", 1500000}, Row{"1,024", 1024},
               Row{"-10GB", -10000000000}, Row{"1TB", 1000000000000}, Row{"100B", 100},
               Row{"7EiB", 8070450532247928832});
  INFO(text);
  CHECK(ParseSize(text) == bytes);
}

TEST_CASE("size: other text is none") {
  const std::string_view text =
      GENERATE("", "-", "GB", "1XB", "1GBB", "1 G B", "8EiB", "1e3", ".", "ten");
  INFO(text);
  CHECK_FALSE(ParseSize(text).has_value());
}

TEST_CASE("size: a percentage is at most 100") {
  CHECK(ParsePercent("20%") == 20);
  CHECK(ParsePercent("12.5%") == 12.5);
  CHECK_FALSE(ParsePercent("101%").has_value());
  CHECK_FALSE(ParsePercent("%").has_value());
  CHECK_FALSE(ParsePercent("20").has_value());
}

TEST_CASE("size: a match has an operator, or means equal") {
  CHECK(ParseSizeMatch("< 1TB")->op == "<");
  CHECK(ParseSizeMatch("< 1TB")->bytes == 1000000000000);
  CHECK(ParseSizeMatch(">=4GiB")->op == ">=");
  CHECK(ParseSizeMatch("4GiB")->op == "==");
  CHECK_FALSE(ParseSizeMatch("~ 4GiB").has_value());
  CHECK_FALSE(ParseSizeMatch("< -1").has_value());
}

}  // namespace
}  // namespace ichor::config
