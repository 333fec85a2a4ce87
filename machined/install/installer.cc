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
#include "machined/block/disk_table.h"
#include "machined/install/boot_entry.h"
#include "machined/wipe/wiper.h"

namespace ichor {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{8} << 20U;
constexpr std::array<std::string_view, 4> kImage = {disk::kEfi, disk::kBios, disk::kRootA,
                                                    disk::kMeta};
// What UEFI starts of a disk that it knows nothing about, table 3-2.
#if defined(__aarch64__)
constexpr const char* kLoader = "\\EFI\\BOOT\\BOOTAA64.EFI";
#else
constexpr const char* kLoader = "\\EFI\\BOOT\\BOOTX64.EFI";
#endif

}  // namespace

absl::Status Installer::Copy(const std::string& from, const std::string& to,
                             const disk::EphemeralSize& size, disk::EphemeralPlace place) {
  ASSIGN_OR_RETURN(const disk::PartitionTable source, ReadTable(doors_.devices, from));
  ASSIGN_OR_RETURN(const disk::Geometry target, ReadGeometry(doors_.devices, to));
  ASSIGN_OR_RETURN(disk::PartitionTable table, source.MovedTo(target));
  ASSIGN_OR_RETURN(table,
                   disk::WithSystemPartitions(std::move(table), doors_.new_guid, size, place));
  ASSIGN_OR_RETURN(const std::string boot_record,
                   doors_.devices.Read(from, 0, table.geometry().sector_bytes));
  RETURN_IF_ERROR(Erase(to, table));
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::ClaimedDevice> claimed, doors_.eraser.Claim(to));
  for (const std::string_view label : kImage) {
    if (const auto partition = table.Find(label); partition.ok()) {
      base::Log(base::Severity::kInfo, "{} is copied from {} to {}", label, from, to);
      RETURN_IF_ERROR(CopyPartition(*partition, from, to, *claimed));
    }
  }
  for (const disk::TableWrite& write : disk::WritesFor(table, boot_record)) {
    RETURN_IF_ERROR(doors_.devices.Write(to, write.offset_bytes, write.bytes));
  }
  return claimed->RereadPartitions();
}

// Old partitions and new ones: nothing that begins or ends there is what it was.
absl::Status Installer::Erase(const std::string& dev_path, const disk::PartitionTable& next) {
  ASSIGN_OR_RETURN(const sys::ProbedDisk probed, doors_.devices.Probe(dev_path));
  WipePlan plan{.dev_path = dev_path};
  for (const sys::ProbedPartition& partition : probed.partitions) {
    plan.inside.push_back(
        {.offset_bytes = partition.offset_bytes, .size_bytes = partition.size_bytes});
  }
  for (const disk::Partition& partition : next.partitions()) {
    plan.inside.push_back(
        {.offset_bytes = partition.offset_bytes, .size_bytes = partition.size_bytes});
  }
  Wiper wiper(doors_.eraser, doors_.devices, {std::move(plan)});
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, wiper.Step());
    if (!more) {
      return absl::OkStatus();
    }
  }
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

absl::Status Installer::BootFrom(const std::string& dev_path) {
  ASSIGN_OR_RETURN(const disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  ASSIGN_OR_RETURN(const disk::Partition efi, table.Find(disk::kEfi));
  return BootFirst(doors_.variables,
                   LoadOption("Ichor", efi, table.geometry().sector_bytes, kLoader));
}

}  // namespace ichor
