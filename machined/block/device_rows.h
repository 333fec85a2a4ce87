// From what sysfs, uevents and probing say to rows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sys/block_devices.h"
#include "machined/block/disk_facts.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

using DeviceProperties = std::map<std::string, std::string, std::less<>>;
using DeviceRows = std::map<std::string, block::BlockDevice::Spec>;  // by name

// What is known of one disk; absent until it was read.
struct DiskState {
  std::optional<DiskFacts> facts;
  std::optional<sys::ProbedDisk> probed;
};

// The last part of a path.
std::string_view BaseName(std::string_view path);

// A block device as its `uevent` file or a uevent describes it. `devpath` is its path below /sys.
// Numbers that do not parse are 0, and so is the generation.
block::BlockDevice::Spec DeviceOf(std::string_view devpath, const DeviceProperties& properties);

// The row of a disk. `symlinks` are its own, in /dev/disk.
block::Disk::Spec DiskOf(const DiskFacts& facts, const std::vector<std::string>& symlinks);

// The rows of the disk called `name` and of its partitions among `devices`, by their names. A
// partition that the kernel knows and the disk's table does not gets a row without contents.
std::map<std::string, block::DiscoveredVolume::Spec> VolumesOf(const std::string& name,
                                                               const DiskState& state,
                                                               const DeviceRows& devices);

}  // namespace ichor
