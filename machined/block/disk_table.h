// The partition table of a disk, read and written where it lies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"
#include "lib/sys/block_devices.h"

namespace ichor {

// What the kernel calls partition `number` of the disk at `dev_path`: /dev/sda1, /dev/nvme0n1p1.
std::string PartitionPath(std::string_view dev_path, std::uint32_t number);

// Size and sectors of the disk at `dev_path`. NotFound if there is none. Blocks.
absl::StatusOr<disk::Geometry> ReadGeometry(sys::BlockDevices& devices,
                                            const std::string& dev_path);

// As disk::PartitionTable::Read. Blocks.
absl::StatusOr<disk::PartitionTable> ReadTable(sys::BlockDevices& devices,
                                               const std::string& dev_path);

// As disk::WritesFor: a power cut leaves the table that was there, or this one. Code of a loader in
// the first sector stays. The kernel is not told. To change it once more, read it again: it lies
// elsewhere then. Blocks.
absl::Status WriteTable(sys::BlockDevices& devices, const std::string& dev_path,
                        const disk::PartitionTable& table);

}  // namespace ichor
