// Disks as raw files, which a test writes to itself.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"

namespace ichor::qemu {

// Makes the file `path`, which must not be there: the image of amd64 on a disk of `size_bytes`.
absl::Status FlashDisk(const std::string& path, std::uint64_t size_bytes);

// The partition table of the raw disk `path`. Errors as disk::PartitionTable::Read.
absl::StatusOr<disk::PartitionTable> TableOf(const std::string& path);

}  // namespace ichor::qemu
