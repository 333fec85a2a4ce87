// Which disk a config puts the system on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// What is known of the machine's disks.
struct DisksAtHand {
  All<block::Disk> disks;
  All<block::DiscoveredVolume> volumes;
  std::string booted;  // id of the disk the system runs from; empty: from memory
  std::function<bool(const std::string& id)> is_removable;
  std::function<bool(const std::string& id)> is_mounted;  // it or a partition of it
};

struct DiskChoice {
  std::string id;        // "sda"
  std::string dev_path;  // "/dev/sda"
  bool booted = false;   // nothing is copied: the system stays where it is
  // What is on it and goes with an install: `GPT`, `ext4 "ubuntu"`, `LVM2_member`.
  std::vector<std::string> goes{};
  // The device of the disk that EPHEMERAL is made on, if that is another one.
  std::string ephemeral{};
  // Labels of the volumes with a partition of their own on this disk.
  std::vector<std::string> volumes{};
  // What an install adds to the kernel's command line, beside what the image says.
  std::vector<std::string> arguments{};
};

// machine.install.diskSelector or .disk, or UnattendedInstallConfig; a selector wins over a path.
// Without any the booted disk. Of several matches the booted one, else the only one that holds
// nothing.
//
// InvalidArgument if nothing or too much matches, with all disks and why each does or does not;
// FailedPrecondition for a disk that must not be written to: part of an array, mounted, removable
// and found by a selector only.
absl::StatusOr<DiskChoice> ChooseDisk(const config::Config& config, const DisksAtHand& at_hand);

// The device of the disk that EPHEMERAL is made on when its config selects disks by `expression`.
// Empty, for the disk `system` that was chosen for the system: if it matches, or there is no
// expression. Else the one that matches and holds nothing: a disk with data is never taken, nor a
// removable one, nor one in use. InvalidArgument, with all disks and why each is not the one, if
// there is none or are several; also for an expression that fails.
absl::StatusOr<std::string> ChooseEphemeralDisk(const std::string& expression,
                                                const DiskChoice& system,
                                                const DisksAtHand& at_hand);

// The devices of the disks that the volume `label` may be made on when its config selects them by
// `expression`: that of the disk `system` if it matches, or there is no expression; else all that
// match, are free, and hold nothing, or nothing but partitions of volumes with such labels, which
// may be this system's. InvalidArgument, with all disks and why each is not the one, if there is
// none; also for an expression that fails.
absl::StatusOr<std::vector<std::string>> ChooseVolumeDisks(const std::string& label,
                                                           const std::string& expression,
                                                           const DiskChoice& system,
                                                           const DisksAtHand& at_hand);

}  // namespace ichor
