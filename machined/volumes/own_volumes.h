// Volumes that have a partition instead of a directory on EPHEMERAL: etcd's data, containerd's, the
// kubelet's, logs.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"
#include "lib/disk/system_table.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/volume/mounts.h"
#include "machined/volumes/wish.h"
#include "machined/volumes/xfs_volumes.h"

namespace ichor {

// Every step is whole after a power cut, or is done anew: a partition is marked as blank until its
// file system is there. A partition is known by its label and an id made of the system's disk, so
// it is found on whatever disk, and never mistaken for one of another system. Everything blocks;
// one call at a time.
class OwnVolumes {
 public:
  struct Doors {  // all outlive this
    sys::BlockDevices& devices;
    sys::Mounts& mounts;
    disk::NewGuid new_guid;
  };
  struct Volume {
    VolumeWish wish{};
    std::string disk{};           // device; empty: it is on none
    disk::Partition partition{};  // number 0: there is none
    std::string target{};
    absl::Status error{};         // why it is not mounted
    absl::Status growth_error{};  // why it does not grow
  };

  // `files` outlives this; `state` and `ephemeral` are where those are mounted.
  OwnVolumes(Doors doors, XfsVolumes& files, std::string state, std::string ephemeral);

  // The disks beside the system's where volumes may be, for a wipe.
  void set_disks(std::vector<std::string> disks) { disks_ = std::move(disks); }

  // Mounts all of `wishes`, each made first where there is none, grown as far as its wish lets it.
  // The first error; those of all are in volumes(). Unavailable while a disk is away that a volume
  // was made on: it is made on no other one. FailedPrecondition if no disk can take it
  // (disk::PlanVolume), or several have it. DataLoss for one that cannot be read, repaired or not.
  absl::Status Mount(const std::string& system_disk, const std::vector<VolumeWish>& wishes,
                     const OtherDisks& others);
  // Of the last Mount.
  const std::vector<Volume>& volumes() const { return volumes_; }

  absl::Status Unmount();

  // Wipes what those with these labels are known by, or of all: the next boot makes them anew. With
  // `everything` their partitions on other disks go too, and the table where nothing else is left.
  // They are not mounted.
  absl::Status Wipe(const std::string& system_disk, const std::vector<std::string>& labels,
                    bool everything);

 private:
  absl::Status MountOne(const std::string& system_disk, const OtherDisks& others, Volume& volume);
  absl::StatusOr<std::string> DiskOf(const std::string& system_disk, const disk::Guid& system,
                                     const VolumeWish& wish, const OtherDisks& others);
  absl::StatusOr<std::string> MakePartition(const disk::Guid& system, const VolumeWish& wish,
                                            const OtherDisks& others);
  disk::VolumeDisk Look(const std::string& dev_path);
  absl::Status Grow(const disk::Guid& system, const Volume& volume);
  absl::Status MountPartition(const Volume& volume);
  absl::Status SetMade(const Volume& volume, bool elsewhere);
  absl::StatusOr<std::vector<std::string>> MadeElsewhere() const;
  absl::Status WipeOn(const std::string& dev_path, const disk::Guid& system,
                      const std::vector<std::string>& labels, bool everything);
  absl::Status RemoveFrom(const std::string& dev_path, const disk::Guid& system);

  const Doors doors_;
  XfsVolumes& files_;
  const std::string state_;
  const std::string ephemeral_;
  std::vector<std::string> disks_;
  std::vector<Volume> volumes_;
};

}  // namespace ichor
