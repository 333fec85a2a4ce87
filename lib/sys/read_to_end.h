// What an open file holds, from where it is to its end.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace ichor::sys {

// The bytes that `fd` gives until its end, whatever size stat(2) tells: of files in /proc and /sys
// it tells 0 or a page. OutOfRange if there are more than `limit_bytes`; other errors are the
// kernel's. `path` is for messages. Blocks. See read(2).
absl::StatusOr<std::string> ReadToEnd(int fd, const std::string& path, size_t limit_bytes);

}  // namespace ichor::sys
