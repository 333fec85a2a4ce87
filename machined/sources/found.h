// What a source of configs gave.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "machined/sources/plan.h"

namespace ichor {

// Both empty: there is no config.
struct FoundConfig {
  std::string text;
  std::string include_url;  // it is there instead
};

// The config in the bytes of a source, by the form that it has there: unpacked, decoded. An
// argument's bytes are DecodeArgument's. InvalidArgument and ResourceExhausted for what makes no
// sense.
absl::StatusOr<FoundConfig> ReadFound(ConfigSource::Form form, std::string bytes);

}  // namespace ichor
