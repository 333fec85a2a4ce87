// Where the config is kept, and what else its acceptance makes of the system disk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/system_table.h"
#include "machined/config/config_files.h"
#include "machined/volumes/wish.h"

namespace ichor {

// A volume of the system, as it stands.
struct SystemVolume {
  std::string label;       // STATE, EPHEMERAL, META, ETCD…
  bool directory = false;  // of EPHEMERAL, and no partition
  bool programs = false;   // they may be run from there
  std::string device;      // empty: the disk has no such partition yet
  std::string disk;
  std::int64_t number = 0;
  std::string partition_uuid;
  std::uint64_t size_bytes = 0;
  std::string target;   // where it is mounted; empty: it is not
  std::string problem;  // why it is not mounted, or what of the config's wishes it does not follow
};

// Everything blocks; one call at a time. `disk` is a device: "/dev/sda".
class ConfigStorage {
 public:
  struct Opened {
    bool accepted = false;  // a config was accepted on this disk
    SavedConfigs saved;
  };

  virtual ~ConfigStorage() = default;

  // What earlier boots have left on the system disk. DataLoss if a config was accepted there and
  // what it was written to cannot be read.
  virtual absl::StatusOr<Opened> Open(const std::string& disk) = 0;

  // Makes the place for the config on a disk that has none, and EPHEMERAL's unless that is on
  // another one, and writes it, with an identity of the node before it: from then on the next boot
  // has both. `here`: what else is on this disk.
  virtual absl::Status Accept(const std::string& disk, const std::string& text,
                              const VolumesHere& here) = 0;

  // Puts the system of `disk`, or where that is empty of what the machine was booted from, and the
  // config onto `target`, and has the firmware boot that one.
  virtual absl::Status Install(const std::string& disk, const std::string& target,
                               const std::string& text, const VolumesHere& here) = 0;

  // What must be there beside the config. On a disk that is not accepted yet it is made, and then
  // the disk is marked as accepted.
  virtual absl::Status Finish(const std::string& disk, const OtherDisks& others) = 0;

  // The id that the node has on STATE, the same for as long as that lives: one is made where a
  // config was accepted and none is there. Only after Open has found a config, or Accept has
  // written one. DataLoss if it is damaged.
  virtual absl::StatusOr<std::string> Identity() = 0;

  // As ConfigFiles. Only after Open has found a config, or Accept has written one.
  virtual absl::Status Save(const std::string& text, const std::optional<ConfigTrial>& trial) = 0;
  virtual absl::Status Confirm() = 0;
  virtual absl::Status Revert() = 0;
  virtual absl::Status Prove() = 0;

  // As SystemVolumes::Wipe.
  virtual absl::Status Wipe(const std::string& disk, const std::vector<std::string>& labels,
                            bool everything) = 0;

  // Those that the disk has. Empty if it cannot be read.
  virtual std::vector<SystemVolume> Volumes(const std::string& disk) = 0;
};

}  // namespace ichor
