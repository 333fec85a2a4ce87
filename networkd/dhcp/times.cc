#include "networkd/dhcp/times.h"

#include <algorithm>
#include <cstdint>

namespace ichor::networkd {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kMostSeconds = 9'000'000'000;  // what fits

}  // namespace

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(duration.count() / kNanosPerSecond);
  proto.set_nanos(static_cast<std::int32_t>(duration.count() % kNanosPerSecond));
  return proto;
}

std::chrono::nanoseconds FromProto(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(std::clamp(duration.seconds(), -kMostSeconds, kMostSeconds)) +
         std::chrono::nanoseconds(duration.nanos());
}

}  // namespace ichor::networkd
