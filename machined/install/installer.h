// Puts the system onto a disk: from the booted one, or from RAM media.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/disk/partition_table.h"
#include "lib/disk/system_table.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/disk_eraser.h"
#include "lib/sys/file_systems.h"
#include "lib/sys/volume/efi_variables.h"
#include "lib/sys/volume/programs.h"
#include "machined/install/install_plan.h"

namespace ichor {

// Blocks for as long as two gigabytes take. `from` and `to` are devices: "/dev/sda".
class Installer {
 public:
  struct Doors {  // all outlive this
    sys::BlockDevices& devices;
    sys::DiskEraser& eraser;
    sys::EfiVariables& variables;
    sys::FileSystems& file_systems;
    sys::Programs& programs;
    disk::NewGuid new_guid;
    std::string media = "/system/run/install";  // what RAM media carry, as stage 1 leaves it
  };

  // What the disk is to have beside the system.
  struct Wish {
    disk::VolumeSize size{};
    disk::EphemeralPlace place = disk::EphemeralPlace::kHere;
    std::vector<disk::NewVolume> volumes{};
    std::vector<std::string> arguments{};  // more of them for the kernel, a word each
  };

  explicit Installer(Doors doors) : doors_(std::move(doors)) {}

  // Copies the image's partitions of `from` to the same places on `to`, with a table of its own and
  // whatever else a node's disk has. What was on `to` is gone, signatures that could confuse a
  // later boot included: of file systems, arrays and volume groups, of tables at its end. The table
  // comes last: until then `to` boots nothing.
  //
  // Before anything is written: InvalidArgument if `from` holds no image, ResourceExhausted if `to`
  // is too small, FailedPrecondition if it is in use or has other sectors.
  absl::Status Copy(const std::string& from, const std::string& to, const Wish& wish);

  // The same from what the RAM media carry that the machine was booted from. FailedPrecondition if
  // they carry nothing.
  absl::Status Build(const std::string& to, const Wish& wish);

  // Tells the firmware to boot from the disk at `dev_path` before others, if it is UEFI.
  absl::Status BootFrom(const std::string& dev_path);

 private:
  absl::Status Erase(const std::string& dev_path, const disk::PartitionTable& next);
  absl::Status CopyPartitions(const disk::PartitionTable& table, const std::string& from,
                              const std::string& to);
  absl::Status CopyPartition(const disk::Partition& partition, const std::string& from,
                             const std::string& to, sys::ClaimedDevice& claimed);
  absl::StatusOr<InstallPlan> ReadPlan();
  absl::StatusOr<disk::PartitionTable> TableOf(const InstallPlan& plan,
                                               const disk::Geometry& geometry, const Wish& wish);
  using Take = std::function<absl::Status(std::string_view bytes)>;
  absl::Status ReadPieces(const std::vector<InstallPiece>& pieces, const Take& take);
  absl::Status WriteBytes(const InstallPlan& plan, const disk::PartitionTable& table,
                          const std::string& to);
  absl::Status WriteInto(const disk::Partition& partition, const InstallBytes& bytes,
                         const std::string& to);
  // Runs `work` on the device of EFI of `to`, which no table shows yet; again if that fails.
  absl::Status OnEfi(const disk::PartitionTable& table, const std::string& to,
                     const std::function<absl::Status(const std::string& device)>& work);
  absl::Status MakeEfi(const InstallPlan& plan, const std::string& device,
                       std::uint32_t sector_bytes);
  absl::Status WriteKernelArguments(const std::string& device,
                                    const std::vector<std::string>& arguments);

  const Doors doors_;
};

}  // namespace ichor
