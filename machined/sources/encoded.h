// Configs that are packed: in arguments of the kernel, and as user data.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor {

// A config as talos.config.inline and talos.config.early carry it: base64 of zstd. InvalidArgument
// for what is neither; ResourceExhausted for one that is larger than a config may be.
absl::StatusOr<std::string> DecodeArgument(std::string_view text);

// The same bytes, or what is in them if they are gzip's. Errors as DecodeArgument.
absl::StatusOr<std::string> Unpack(std::string bytes);

}  // namespace ichor
