#include "lib/resource/time_proto.h"

#include <algorithm>
#include <cstdint>

namespace ichor {
namespace {

constexpr std::int64_t kMostSeconds = 9'223'372'035;  // with a second of nanoseconds they fit
constexpr std::int32_t kMostNanos = 999'999'999;

}  // namespace

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  google::protobuf::Duration proto;
  proto.set_seconds(seconds.count());
  proto.set_nanos(static_cast<std::int32_t>((duration - seconds).count()));
  return proto;
}

google::protobuf::Timestamp ToProto(base::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds.time_since_epoch().count());
  proto.set_nanos(static_cast<std::int32_t>((time - seconds).count()));
  return proto;
}

std::chrono::nanoseconds FromProto(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(std::clamp(duration.seconds(), -kMostSeconds, kMostSeconds)) +
         std::chrono::nanoseconds(std::clamp(duration.nanos(), -kMostNanos, kMostNanos));
}

base::WallTime FromProto(const google::protobuf::Timestamp& time) {
  return base::WallTime(
      std::chrono::seconds(std::clamp(time.seconds(), -kMostSeconds, kMostSeconds)) +
      std::chrono::nanoseconds(std::clamp(time.nanos(), 0, kMostNanos)));
}

}  // namespace ichor
