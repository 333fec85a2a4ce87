#include "machined/install/installer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/table_writes.h"
#include "machined/arguments/write.h"
#include "machined/block/disk_table.h"
#include "machined/install/boot_entry.h"
#include "machined/wipe/wiper.h"

namespace ichor {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{8} << 20U;
constexpr int kAttempts = 3;
constexpr std::array<std::string_view, 4> kImage = {disk::kEfi, disk::kBios, disk::kRootA,
                                                    disk::kMeta};
// What UEFI starts of a disk that it knows nothing about, table 3-2.
#if defined(__aarch64__)
constexpr const char* kLoader = "\\EFI\\BOOT\\BOOTAA64.EFI";
#else
constexpr const char* kLoader = "\\EFI\\BOOT\\BOOTX64.EFI";
#endif

}  // namespace

absl::Status Installer::Copy(const std::string& from, const std::string& to, const Wish& wish) {
  ASSIGN_OR_RETURN(const disk::PartitionTable source, ReadTable(doors_.devices, from));
  ASSIGN_OR_RETURN(const disk::Geometry target, ReadGeometry(doors_.devices, to));
  ASSIGN_OR_RETURN(disk::PartitionTable table, source.MovedTo(target));
  ASSIGN_OR_RETURN(table, disk::WithSystemPartitions(std::move(table), doors_.new_guid, wish.size,
                                                     wish.place, wish.volumes));
  ASSIGN_OR_RETURN(const std::string boot_record,
                   doors_.devices.Read(from, 0, table.geometry().sector_bytes));
  RETURN_IF_ERROR(Erase(to, table));
  RETURN_IF_ERROR(CopyPartitions(table, from, to));
  if (!wish.arguments.empty()) {
    RETURN_IF_ERROR(OnEfi(table, to, [&](const std::string& device) {
      return WriteKernelArguments(device, wish.arguments);
    }));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::ClaimedDevice> claimed, doors_.eraser.Claim(to));
  for (const disk::TableWrite& write : disk::WritesFor(table, boot_record)) {
    RETURN_IF_ERROR(doors_.devices.Write(to, write.offset_bytes, write.bytes));
  }
  return claimed->RereadPartitions();
}

// Old partitions and new ones: nothing that begins or ends there is what it was.
absl::Status Installer::Erase(const std::string& dev_path, const disk::PartitionTable& next) {
  std::vector<WipePlan::Place> places;
  for (const disk::Partition& partition : next.partitions()) {
    places.push_back({.offset_bytes = partition.offset_bytes, .size_bytes = partition.size_bytes});
  }
  return WipeDisk(doors_.eraser, doors_.devices, dev_path, std::move(places));
}

absl::Status Installer::CopyPartitions(const disk::PartitionTable& table, const std::string& from,
                                       const std::string& to) {
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::ClaimedDevice> claimed, doors_.eraser.Claim(to));
  for (const std::string_view label : kImage) {
    if (const auto partition = table.Find(label); partition.ok()) {
      base::Log(base::Severity::kInfo, "{} is copied from {} to {}", label, from, to);
      RETURN_IF_ERROR(CopyPartition(*partition, from, to, *claimed));
    }
  }
  return absl::OkStatus();
}

absl::Status Installer::CopyPartition(const disk::Partition& partition, const std::string& from,
                                      const std::string& to, sys::ClaimedDevice& claimed) {
  const std::string zeros(kPiece, '\0');
  for (std::uint64_t at = partition.offset_bytes; at < partition.end_bytes(); at += kPiece) {
    const std::uint64_t size = std::min(kPiece, partition.end_bytes() - at);
    ASSIGN_OR_RETURN(const std::string bytes, doors_.devices.Read(from, at, size));
    const bool empty = bytes == std::string_view(zeros).substr(0, size);
    RETURN_IF_ERROR(empty ? claimed.Zero(at, size) : doors_.devices.Write(to, at, bytes));
  }
  return absl::OkStatus();
}

// udevd has the kernel read the table whenever somebody has written to the disk, and without one
// the partitions are gone again. It has answered the last write when it did that once.
absl::Status Installer::OnEfi(const disk::PartitionTable& table, const std::string& to,
                              const std::function<absl::Status(const std::string& device)>& work) {
  ASSIGN_OR_RETURN(const disk::Partition efi, table.Find(disk::kEfi));
  const std::string device = PartitionPath(to, efi.number);
  absl::Status done;
  for (int i = 0; i < kAttempts; ++i) {
    done = doors_.devices.AddPartition(to, efi.number, efi.offset_bytes, efi.size_bytes);
    if (done.ok()) done = work(device);
    if (done.ok()) break;
    base::Log(base::Severity::kInfo, "EFI on {} is not made yet: {}", device,
              base::MessageOf(done));
  }
  return done;
}

absl::Status Installer::WriteKernelArguments(const std::string& device,
                                             const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::MountedFiles> files,
                   doors_.file_systems.Mount(device, "vfat"));
  return WriteArguments(*files, arguments);
}

absl::Status Installer::BootFrom(const std::string& dev_path) {
  ASSIGN_OR_RETURN(const disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  ASSIGN_OR_RETURN(const disk::Partition efi, table.Find(disk::kEfi));
  return BootFirst(doors_.variables,
                   LoadOption("Ichor", efi, table.geometry().sector_bytes, kLoader));
}

}  // namespace ichor
