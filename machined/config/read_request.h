// A config as it comes from a client.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"

namespace ichor {

// Reads and validates `text` as a whole, as the config of a machine. InvalidArgument with all that
// is wrong, a line each, or with the size that is too large. `warnings` gets what is only odd.
absl::StatusOr<config::Config> ReadRequest(const std::string& text,
                                           std::vector<std::string>& warnings);

}  // namespace ichor
