// From errno to absl::Status, in one place.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace ichor::sys {

// The status of a failed system call: code as Abseil maps `error` (an errno value), message
// "<what>: <text of errno>". Do not branch on the code: EBUSY becomes FAILED_PRECONDITION,
// EADDRNOTAVAIL becomes ALREADY_EXISTS.
absl::Status ErrnoError(int error, std::string_view what);

}  // namespace ichor::sys
