// The volumes of the system disk that the node makes itself: STATE and EPHEMERAL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"
#include "lib/disk/system_table.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/volume/mounts.h"
#include "lib/sys/volume/programs.h"
#include "machined/volumes/own_volumes.h"
#include "machined/volumes/wish.h"
#include "machined/volumes/xfs_volumes.h"

namespace ichor {

// Every step is whole after a power cut, or is done anew: a disk is accepted only once its last
// one, MarkAccepted, is on the medium, and until then what STATE and EPHEMERAL hold counts for
// nothing but a config on STATE. Everything blocks; one call at a time.
class SystemVolumes {
 public:
  struct Doors {  // all outlive this
    sys::BlockDevices& devices;
    sys::Programs& programs;
    sys::Mounts& mounts;
    disk::NewGuid new_guid;
  };
  struct Places {  // directories, which exist
    std::string state = "/system/state";
    std::string ephemeral = "/var";
  };
  struct Found {
    bool state = false;     // STATE is mounted
    bool accepted = false;  // a config was accepted on this disk
  };

  SystemVolumes(Doors doors, Places places);
  SystemVolumes(const SystemVolumes&) = delete;
  SystemVolumes& operator=(const SystemVolumes&) = delete;

  // Looks at the disk at `dev_path`, and mounts STATE if there is one. If the disk is accepted and
  // STATE cannot be read, even after one repair: DataLoss, which says why. A wipe of STATE that a
  // power cut ended is done first.
  absl::StatusOr<Found> Open(const std::string& dev_path);

  // Gives the disk the partitions of a node (disk::WithSystemPartitions) and mounts STATE, which it
  // makes unless there is one to mount. InvalidArgument and ResourceExhausted before anything is
  // written.
  absl::Status MakeState(const std::string& dev_path, const disk::VolumeSize& size = {},
                         disk::EphemeralPlace place = disk::EphemeralPlace::kHere,
                         const std::vector<disk::NewVolume>& volumes = {});

  // Mounts EPHEMERAL, grown to the room there is as far as `wish` lets it. On a disk that is not
  // accepted it is made unless it can be mounted, and after a reset it is made in any case; on an
  // accepted one it is repaired once, and then DataLoss says why that was not enough. What cannot
  // grow stays as it is, and growth_error says why.
  //
  // Without an EPHEMERAL on the system's disk it is on the one of `others` whose table says that it
  // belongs to this system. If it was made once, Unavailable while that disk is away; else the
  // chosen one gets a table and EPHEMERAL, if it holds nothing at all: FailedPrecondition else, and
  // if two disks say so.
  absl::Status MountEphemeral(const std::string& dev_path, const EphemeralWish& wish = {},
                              const OtherDisks& others = {});
  // Of the last MountEphemeral.
  const absl::Status& growth_error() const { return growth_error_; }
  // The device of EPHEMERAL's own disk, as MountEphemeral found it; empty: it has none.
  const std::string& other_disk() const { return other_disk_; }

  // Those that have a partition instead of a directory on EPHEMERAL, which is mounted.
  OwnVolumes& own() { return own_; }
  const OwnVolumes& own() const { return own_; }

  // The last step of acceptance. Does nothing if it was taken.
  absl::Status MarkAccepted(const std::string& dev_path);

  // The same for a disk whose config is on STATE and whose EPHEMERAL is still to be made: its first
  // boot does that.
  absl::Status MarkInstalled(const std::string& dev_path);

  // Unmounts STATE and EPHEMERAL, and wipes the partitions with these labels: STATE, which holds
  // secrets, wholly, and of others what they are known by. What is wiped counts for nothing from
  // the first write on, and the next boot goes on with what a power cut left. Without STATE the
  // disk is no longer accepted and takes a new config; with it, it is accepted all the time. A disk
  // of EPHEMERAL's own is empty afterwards if STATE goes too. With
  // `everything` all partitions, and then the table: the disk boots no more. Volumes of the system
  // on other disks go as OwnVolumes::Wipe says. FailedPrecondition, and nothing is wiped, while
  // something uses a file there.
  absl::Status Wipe(const std::string& dev_path, const std::vector<std::string>& labels,
                    bool everything);

  const Places& places() const { return places_; }

 private:
  absl::Status EraseNew(const std::string& dev_path, const disk::PartitionTable& before,
                        const disk::PartitionTable& after);
  absl::Status FinishWipe(const std::string& dev_path, disk::PartitionTable& table);
  absl::Status Zero(const std::string& dev_path, std::uint64_t offset_bytes,
                    std::uint64_t size_bytes);
  absl::Status ZeroPartition(const std::string& dev_path, const disk::Partition& partition);
  absl::Status TellKernel(const std::string& dev_path, const disk::PartitionTable& table);
  absl::StatusOr<std::string> OtherDisk(const disk::PartitionTable& system,
                                        const disk::VolumeSize& size, const OtherDisks& others);
  absl::Status MakeOtherDisk(const std::string& dev_path, const disk::Guid& system,
                             const disk::VolumeSize& size);
  absl::Status MountEphemeralOf(const std::string& dev_path, bool made, const EphemeralWish& wish);
  absl::Status SetEphemeralBlank(const std::string& dev_path, bool blank);
  absl::Status EraseTable(const std::string& dev_path);
  bool OtherIsThere() const;
  absl::Status WipeOther(bool state_goes);
  absl::Status GrowPartition(const std::string& dev_path, const disk::VolumeSize& size);
  sys::MountPlan PlanFor(const std::string& dev_path, const disk::Partition& partition) const;

  const Doors doors_;
  const Places places_;
  XfsVolumes files_;
  OwnVolumes own_;
  absl::Status growth_error_;
  std::string other_disk_;
};

}  // namespace ichor
