// Files that stay the same file.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::sys {

// Makes `contents` those of the file at `path`, with permission bits `mode`; makes one if there is
// none. It stays the same file, so that who has it mounted sees the change. For small files in
// memory: for a moment a reader may see the new contents with the rest of longer old ones. Blocks.
// See pwrite(2), ftruncate(2).
absl::Status RewriteFile(const std::string& path, std::string_view contents, unsigned mode);

}  // namespace ichor::sys
