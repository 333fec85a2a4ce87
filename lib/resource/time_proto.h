// Durations and times as messages.
#pragma once

#include <chrono>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "lib/base/clock.h"

namespace ichor {

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration);
google::protobuf::Timestamp ToProto(base::WallTime time);

// What is beyond 64-bit nanoseconds (292 years; for a time the years 1678 to 2261) is cut to the
// nearest that fits.
std::chrono::nanoseconds FromProto(const google::protobuf::Duration& duration);
base::WallTime FromProto(const google::protobuf::Timestamp& time);

}  // namespace ichor
