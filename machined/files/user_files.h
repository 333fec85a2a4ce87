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

// OK for a path that the config may write to, without "." and "..": below /var, or below /etc to
// change what the image has there. InvalidArgument names it and says why not. Of other places the
// system is verified, or somebody else's.
absl::Status CheckUserPath(const UserFile& file);

// The first error among the files of a config; the one for containerd is passed over, which is a
// part of its configuration.
absl::Status CheckUserFiles(const config::Config& config);

// The changes of the image's files below /etc: those of machine.files, and the certificates of
// TrustedRootsConfig behind those of the image.
std::vector<UserFile> EtcEditsOf(const config::Config& config);

// What the file shall hold, with `before` as what it holds now. What was appended once is not
// appended again.
std::string WantedContent(const UserFile& file, std::string_view before);

// The directories between `root` and the file `below` it are there then. A link on the way is
// refused. Blocks.
absl::Status MakeWay(const std::string& root, const std::string& below);

// Writes the files in place of /var below `var`, directories on the way to them included. A link on
// the way is refused: others write to that disk, too. Files that are as they shall be are left
// alone. One that cannot be written stops no other; returns the first error. Blocks.
absl::Status WriteUserFiles(const std::vector<UserFile>& files, const std::string& var);

// Writes the config's files below /var once EPHEMERAL is mounted, at each boot and whenever the
// config changes. A file that the config does not name any more stays.
void RegisterUserFiles(Runtime& runtime);

}  // namespace ichor
