// A program that does part of this one's work.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace ichor::sys {

// Runs the program at `path`, without arguments, to its end: `input` is its standard input, all
// else is this process's. Its exit status; 128 and the signal's number if one ended it. NotFound if
// there is no such program. Blocks. See posix_spawn(3).
absl::StatusOr<int> RunWithInput(const std::string& path, const std::string& input);

}  // namespace ichor::sys
