// Durations of messages.
#pragma once

#include <chrono>

#include "google/protobuf/duration.pb.h"

namespace ichor::networkd {

google::protobuf::Duration ToProto(std::chrono::nanoseconds duration);
std::chrono::nanoseconds FromProto(const google::protobuf::Duration& duration);

}  // namespace ichor::networkd
