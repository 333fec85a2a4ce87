// What RAM media say about the disk that they make of themselves: docs/boot.md, "What an install is
// made from".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/disk/guid.h"

namespace ichor {

// A part of a file beside the plan.
struct InstallPiece {
  std::string file;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const InstallPiece&, const InstallPiece&) = default;
};

struct InstallPartition {
  std::string label;
  disk::Guid type{};
  std::uint64_t size_bytes = 0;
  std::uint64_t attributes = 0;
};

// Bytes of a partition outside of any file system.
struct InstallBytes {
  std::string label;
  std::uint64_t offset_bytes = 0;
  std::vector<InstallPiece> pieces;
};

// A file of the EFI partition, or a directory, which has no pieces.
struct InstallFile {
  std::string path;
  bool directory = false;
  std::vector<InstallPiece> pieces;
};

struct InstallPlan {
  std::vector<InstallPartition> partitions;  // in the order on the disk
  std::vector<InstallPiece> boot_code;       // of the disk's first sector; empty: none
  std::vector<InstallBytes> bytes;
  std::vector<InstallFile> files;  // directories before what is in them
};

// InvalidArgument names the line that is none, or of a version that this is not.
absl::StatusOr<InstallPlan> ParseInstallPlan(std::string_view text);

}  // namespace ichor
