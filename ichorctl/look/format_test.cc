#include "ichorctl/look/format.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::ctl {

using std::chrono::seconds;

TEST_CASE("format: sizes have one digit behind the point below ten of their unit") {
  CHECK(Humanized(9) == "9 B");
  CHECK(Humanized(82) == "82 B");
  CHECK(Humanized(1500) == "1.5 kB");
  CHECK(Humanized(12'345'678) == "12 MB");
  CHECK(Humanized(18'446'744'073'709'551'615ULL) == "18 EB");
  CHECK(HumanizedBinary(1536) == "1.5 KiB");
  CHECK(HumanizedBinary(std::uint64_t{20} << 30) == "20 GiB");
}

TEST_CASE("format: a length of time is rounded to seconds") {
  CHECK(Rounded(std::chrono::milliseconds(1499)) == "1s");
  CHECK(Rounded(seconds(61)) == "1m1s");
  CHECK(Rounded(seconds(3723)) == "1h2m3s");
  CHECK(Rounded(seconds(7200)) == "2h0m0s");
}

TEST_CASE("format: a time is written in the forms that scripts know") {
  const base::WallTime time =
      base::WallTime(seconds(1'767'229'445)) + std::chrono::milliseconds(250);
  CHECK(LongTime(time) == "2026-01-01 01:04:05.25 +0000 UTC");
  CHECK(LongTime(base::WallTime(seconds(0))) == "1970-01-01 00:00:00 +0000 UTC");
  CHECK(ShortTime(time) == "Jan  1 2026 01:04:05");
  CHECK(Rfc3339(time) == "2026-01-01T01:04:05Z");
}

TEST_CASE("format: a time beside now is told in the largest unit that fits") {
  const auto [ago, text] = GENERATE(table<int, std::string>({{0, "now"},
                                                             {1, "1 second ago"},
                                                             {119, "1 minute ago"},
                                                             {7200, "2 hours ago"},
                                                             {8 * 86400, "1 week ago"},
                                                             {-90000, "1 day from now"}}));
  const base::WallTime now{seconds(1'000'000'000)};
  CHECK(Relative(now - seconds(ago), now) == text);
}

TEST_CASE("format: mode bits read as ls writes them") {
  CHECK(ModeText(0644) == "-rw-r--r--");
  CHECK(ModeText((1U << 31) | 0755) == "drwxr-xr-x");
  CHECK(ModeText((1U << 27) | 0777) == "Lrwxrwxrwx");
  CHECK(ModeText((1U << 26) | (1U << 21) | 0600) == "Dcrw-------");
}

TEST_CASE("format: what would control a terminal is shown instead") {
  CHECK(Visible("a\x1b[2Jb\tc") == "a\\x1b[2Jb\\x09c");
  CHECK(Visible("größer") == "größer");
}

}  // namespace ichor::ctl
