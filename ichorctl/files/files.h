// Files that a person names on the command line.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichorctl/cli/session.h"

namespace ichor::ctl {

// All of the file `path`, or of standard input if that is "-"; pipes too. NotFound if there is no
// such file. Blocks.
absl::StatusOr<std::string> ReadInput(Session& session, const std::string& path);

struct WriteOptions {
  unsigned mode = 0600;  // permission bits of a new file
  bool force = false;    // replaces what is there
};

// Writes `contents` to `path`, or to standard output if that is "-", making directories that are
// missing. A file is replaced as a whole; where a link leads, not the link. AlreadyExists if there
// is one and `force` is not set. Blocks.
absl::Status WriteOutput(Session& session, const std::string& path, std::string_view contents,
                         const WriteOptions& options);

// AlreadyExists if WriteOutput would refuse: to be asked for every file before the first is
// written.
absl::Status CheckOutput(const std::string& path, bool force);

}  // namespace ichor::ctl
