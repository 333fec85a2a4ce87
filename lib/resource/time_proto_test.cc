#include "lib/resource/time_proto.h"

#include <limits>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/resource/time_text.h"

namespace ichor {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

}  // namespace

TEST_CASE("time as a message: there and back it is the same") {
  const nanoseconds value = GENERATE(nanoseconds(0), nanoseconds(1), nanoseconds(-1), seconds(-2),
                                     nanoseconds(1'500'000'000), nanoseconds(-1'500'000'000));
  CHECK(FromProto(ToProto(value)) == value);
  CHECK(FromProto(ToProto(base::WallTime(value))) == base::WallTime(value));
}

TEST_CASE("time as a message: the part of a second has the sign that messages give it") {
  CHECK(ToProto(nanoseconds(-1'500'000'000)).seconds() == -1);
  CHECK(ToProto(nanoseconds(-1'500'000'000)).nanos() == -500'000'000);
  CHECK(ToText(ToProto(base::WallTime(nanoseconds(-500'000'000)))) == "1969-12-31T23:59:59.5Z");
}

TEST_CASE("time as a message: what does not fit is the nearest that does") {
  google::protobuf::Timestamp time;
  google::protobuf::Duration duration;
  time.set_seconds(std::numeric_limits<std::int64_t>::max());
  time.set_nanos(std::numeric_limits<std::int32_t>::max());
  duration.set_seconds(std::numeric_limits<std::int64_t>::min());
  duration.set_nanos(std::numeric_limits<std::int32_t>::min());
  CHECK(ToText(ToProto(FromProto(time))) == "2262-04-11T23:47:15.999999999Z");
  CHECK(ToText(ToProto(FromProto(duration))) == "-2562047h47m15.999999999s");
}

}  // namespace ichor
