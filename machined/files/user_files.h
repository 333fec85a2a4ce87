// Files that the config asks for: machine.files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/runtime/runtime.h"

namespace ichor {

struct UserFile {
  enum class Op : std::uint8_t { kCreate, kOverwrite, kAppend };

  std::string path;
  std::string content;
  unsigned mode = 0;  // permission bits
  Op op = Op::kCreate;
};

// In the config's order.
std::vector<UserFile> UserFilesOf(const config::Config& config);

// OK for a path that the config may write to: below /var, without "." and "..". InvalidArgument
// names it and says why not.
absl::Status CheckUserPath(const UserFile& file);

// What the file shall hold, with `before` as what it holds now. What was appended once is not
// appended again.
std::string WantedContent(const UserFile& file, std::string_view before);

// Writes the files in place of /var below `var`, directories on the way to them included. A link on
// the way is refused: others write to that disk, too. Files that are as they shall be are left
// alone. One that cannot be written stops no other; returns the first error. Blocks.
absl::Status WriteUserFiles(const std::vector<UserFile>& files, const std::string& var);

// Writes the config's files once EPHEMERAL is mounted, at each boot and whenever the config
// changes. A file that the config does not name any more stays.
void RegisterUserFiles(Runtime& runtime);

}  // namespace ichor
