// The disk that the loader came from: design.md 5.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "lib/early/console.h"
#include "stage1/gpt.h"
#include "stage1/modules.h"
#include "stage1/uevents.h"

namespace ichor::stage1 {

// A disk that carries the partition the loader came from.
struct Disk {
  early::Text<32> name;       // as in /sys/class/block
  early::Text<16> number;     // MAJOR:MINOR
  early::Text<512> bus_path;  // of the device in sysfs
};

struct SystemDisk {
  Disk disk;
  std::size_t copies = 0;
  std::array<Disk, 15> others;  // disks with the same GUIDs, `copies` of them
  early::Text<64> slot_device;  // of the partition that was asked for
};

// Where the loader came from: under UEFI LoaderDevicePartUUID, else `ichor.disk=`. Empty if neither
// says it.
early::Text<40> LoaderPartition(std::string_view command_line);

// Waits for the disk that has partition `loader` to appear, with its partition `label`, and loads
// modules for what appears meanwhile. `events` was opened before devices were looked at first. Of
// several disks the first by bus path is taken. False, said, if there is none within 30 s.
bool FindSystemDisk(const Guid& loader, std::string_view label, Uevents& events,
                    const Modules& modules, const early::Console& console, SystemDisk& out);

}  // namespace ichor::stage1
