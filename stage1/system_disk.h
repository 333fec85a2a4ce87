// The disk that the loader came from: design.md 5.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/early/console.h"
#include "lib/early/gpt.h"
#include "lib/early/modules.h"
#include "lib/early/uevents.h"
#include "stage1/boot_path.h"

namespace ichor::stage1 {

// A disk that carries the partition the loader came from.
struct Disk {
  early::Text<32> name;       // as in /sys/class/block
  early::Text<16> number;     // MAJOR:MINOR
  early::Text<512> bus_path;  // of the device in sysfs
  Match match = Match::kNo;   // with what the firmware says it booted
};

struct SystemDisk {
  std::size_t count = 0;
  std::array<Disk, 16> disks;         // `count` of them that carry the GUIDs; the first is the one
  early::Text<64> slot_device;        // of the partition that was asked for
  early::Text<64> other_slot_device;  // of the other slot's; empty if there is none
  early::Text<64> bios_device;        // of the partition BIOS; empty if there is none

  // Whether nothing but their order tells the first disk from others.
  bool IsGuess() const { return count > 1 && disks[0].match == disks[1].match; }
};

// Puts a disk in its place: what matches the firmware's words better comes first, and of equals the
// first by bus path. The last is dropped if there are too many.
void Insert(const Disk& disk, SystemDisk& out);

// Where the loader came from: under UEFI LoaderDevicePartUUID, else `ichor.disk=`. Empty if neither
// says it.
early::Text<40> LoaderPartition(std::string_view command_line);

// The disk that the firmware booted, in its own terms: under UEFI the option BootCurrent, else EDD
// of drive 0x80. Empty if it does not say it.
std::optional<BootPath> FirmwarePath();

// What identifies the system disk and its slot.
struct Wanted {
  early::Guid loader;            // the partition that the loader came from
  std::string_view label;        // of the slot's partition
  std::string_view other_label;  // of the other slot's
  std::optional<BootPath> path;  // FirmwarePath()
};

// Waits for the disk that has the loader's partition to appear, with the slot's, and loads modules
// for what appears meanwhile. Does not wait for copies when it is the disk that the firmware names.
// `events` was opened before devices were looked at first. False, said, if there is none within 30
// s.
bool FindSystemDisk(const Wanted& wanted, early::Uevents& events, const early::Modules& modules,
                    const early::Console& console, SystemDisk& out);

}  // namespace ichor::stage1
