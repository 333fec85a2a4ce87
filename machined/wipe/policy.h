// What may be wiped, and how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "storage/storage.pb.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// A device that the kernel uses for a file system or as swap: by number, or by path.
struct DeviceUse {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::string dev_path;
  std::string how;  // "mounted at /var"
};

// From the texts of /proc/self/mountinfo and /proc/swaps. Lines that are none are left out.
std::vector<DeviceUse> ParseUses(std::string_view mounts, std::string_view swaps);

// What is known of the machine's disks.
struct DiskWorld {
  All<block::BlockDevice> devices;
  All<block::SystemDisk> system_disks;
  All<block::DiscoveredVolume> volumes;
  std::vector<DeviceUse> uses;
};

struct WipePlan {
  struct Place {
    std::uint64_t offset_bytes = 0;
    std::uint64_t size_bytes = 0;
    bool operator==(const Place&) const = default;
  };
  // An entry of a partition table that goes too.
  struct Entry {
    std::string disk_path;
    std::uint32_t number = 0;
    bool operator==(const Entry&) const = default;
  };
  std::string dev_path;
  bool everything = false;    // zeros from its beginning to its end
  std::vector<Place> inside;  // of partitions on it, whose ends are wiped as its own are
  std::optional<Entry> entry;
};

// How to do what the descriptor asks for. NotFound if there is no such device; FailedPrecondition,
// with the reason, for the system disk and its partitions, and for what is mounted, used as swap,
// or part of an array or a mapping, itself or a partition of it (only the last may be skipped, for
// what the kernel says is not so); InvalidArgument if a partition shall go that is none.
absl::StatusOr<WipePlan> PlanWipe(const storage::BlockDeviceWipeDescriptor& asked,
                                  const DiskWorld& world);

}  // namespace ichor
