// Whole files: read with a limit, written so that a reader or a power cut sees the old bytes or the
// new.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// The bytes of the regular file at `path`. NotFound if there is none; InvalidArgument if it is no
// regular file; OutOfRange if it is larger than `limit_bytes`. Blocks.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes);

// Replaces the file at `path` by `contents` with permission bits `mode`: writes a temporary file
// beside it, flushes it to the disk, renames it, flushes the directory. On an error the old file
// stays and the temporary one is removed. Two writers of one path must not run at once. Blocks. See
// rename(2), fsync(2).
absl::Status WriteFileAtomically(const std::string& path, std::string_view contents, unsigned mode);

// Removes the file at `path`. NotFound if there is none. See unlink(2).
absl::Status RemoveFile(const std::string& path);

}  // namespace ichor::sys
