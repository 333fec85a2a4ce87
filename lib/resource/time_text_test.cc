#include "lib/resource/time_text.h"

#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor {
namespace {

using google::protobuf::Duration;
using google::protobuf::Timestamp;

Duration MakeDuration(std::int64_t seconds, std::int32_t nanos) {
  Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

Timestamp MakeTimestamp(std::int64_t seconds, std::int32_t nanos) {
  Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

// What `text` says, or something that no test expects.
Duration Parsed(std::string_view text) {
  return ParseDuration(text).value_or(MakeDuration(123'456'789, 0));
}
Timestamp ParsedTime(std::string_view text) {
  return ParseTimestamp(text).value_or(MakeTimestamp(123'456'789, 0));
}

TEST_CASE("durations read as in Go, both ways") {
  const auto [duration, text] = GENERATE(table<Duration, std::string>({
      {MakeDuration(0, 0), "0s"},
      {MakeDuration(0, 1), "1ns"},
      {MakeDuration(0, 1'100), "1.1µs"},
      {MakeDuration(0, 2'200'000), "2.2ms"},
      {MakeDuration(1, 500'000'000), "1.5s"},
      {MakeDuration(61, 0), "1m1s"},
      {MakeDuration(3600, 0), "1h0m0s"},
      {MakeDuration(3661, 1), "1h1m1.000000001s"},
      {MakeDuration(-1, -500'000'000), "-1.5s"},
      {MakeDuration(0, -1), "-1ns"},
      {MakeDuration(315'576'000'000, 0), "87660000h0m0s"},
  }));
  CHECK(ToText(duration) == text);
  const Duration parsed = Parsed(text);
  CHECK(parsed.seconds() == duration.seconds());
  CHECK(parsed.nanos() == duration.nanos());
}

TEST_CASE("durations have other spellings") {
  CHECK(Parsed("0").seconds() == 0);
  CHECK(Parsed("+1.5h").seconds() == 5400);
  CHECK(Parsed("90m").seconds() == 5400);
  CHECK(Parsed("1us").nanos() == 1000);
  CHECK(Parsed("1μs").nanos() == 1000);  // the Greek letter
  CHECK(Parsed(".5s").nanos() == 500'000'000);
  CHECK(Parsed("1s1ms").nanos() == 1'000'000);
}

TEST_CASE("what is no duration is refused") {
  const std::string text = GENERATE("", "1", "-", "s", ".s", "1 s", "1d", "1h-1m", "1e3s",
                                    "99999999h", "99999999999999999999s", "0x1s");
  CHECK_FALSE(ParseDuration(text).has_value());
}

TEST_CASE("times are RFC 3339 in UTC with the decimals they need") {
  const auto [time, text] = GENERATE(table<Timestamp, std::string>({
      {MakeTimestamp(0, 0), "1970-01-01T00:00:00Z"},
      {MakeTimestamp(1'785'585'600, 500'000'000), "2026-08-01T12:00:00.5Z"},
      {MakeTimestamp(-1, 999'999'999), "1969-12-31T23:59:59.999999999Z"},
      {MakeTimestamp(-62'135'596'800, 0), "0001-01-01T00:00:00Z"},
      {MakeTimestamp(253'402'300'799, 0), "9999-12-31T23:59:59Z"},
  }));
  CHECK(ToText(time) == text);
  const Timestamp parsed = ParsedTime(text);
  CHECK(parsed.seconds() == time.seconds());
  CHECK(parsed.nanos() == time.nanos());
}

TEST_CASE("a time may have an offset") {
  CHECK(ParsedTime("2026-08-01T14:00:00+02:00").seconds() == 1'785'585'600);
}

TEST_CASE("a time out of range is written as the nearest one that can be") {
  CHECK(ToText(MakeTimestamp(1LL << 60, 0)) == "9999-12-31T23:59:59Z");
  CHECK(ToText(MakeTimestamp(-(1LL << 60), 0)) == "0001-01-01T00:00:00Z");
}

TEST_CASE("what is no time is refused") {
  const std::string text =
      GENERATE("", "2026-08-01", "2026-08-01 12:00:00Z", "2026-13-01T12:00:00Z", "infinite-past",
               "2026-08-01T12:00:00", " 2026-08-01T12:00:00Z", "12026-08-01T12:00:00Z",
               "0000-01-01T00:00:00Z", "2026-08-01T12:00:00Z x");
  CHECK_FALSE(ParseTimestamp(text).has_value());
}

}  // namespace
}  // namespace ichor
