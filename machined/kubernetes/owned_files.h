// Directories of small files for one program, which are ours as a whole: secrets, configs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ichor {

struct OwnedDirectory {
  std::string path;
  std::uint32_t owner = 0;                   // user and group
  std::map<std::string, std::string> files;  // contents by name
};

// Brings the directories to exactly these files: readable by their owner alone, and written only
// where they differ. Directories on the way are made. What else is in one is removed. The first
// error; the other files are written all the same. Blocks.
absl::Status WriteOwned(const std::vector<OwnedDirectory>& directories);

// The files in `path` and in directories below it are gone then. Blocks.
absl::Status RemoveOwnedBelow(const std::string& path);

// A text that changes when anything of the files does: 16 hexadecimal digits.
std::string VersionOfFiles(const std::vector<OwnedDirectory>& directories);

}  // namespace ichor
