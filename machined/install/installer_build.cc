// The half of the installer that makes a disk of what RAM media carry.
#include <algorithm>
#include <chrono>
#include <format>
#include <memory>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/table_writes.h"
#include "machined/block/disk_table.h"
#include "machined/install/installer.h"

namespace ichor {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{8} << 20U;
constexpr std::uint64_t kLongestPlan = std::uint64_t{1} << 20U;
constexpr std::uint32_t kClusterBytes = 4096;
constexpr std::chrono::minutes kMakingLimit{10};

// As image/loaders.py makes it, so that an installed disk is as a flashed one.
std::vector<std::string> MakingOfEfi(const std::string& device, std::uint32_t sector_bytes) {
  return {"/usr/sbin/mkfs.fat",
          "-F32",
          std::format("-S{}", sector_bytes),
          std::format("-s{}", kClusterBytes / sector_bytes),
          "-i1C480000",
          "-nEFI",
          "--invariant",
          device};
}

}  // namespace

absl::Status Installer::Build(const std::string& to, const Wish& wish) {
  ASSIGN_OR_RETURN(const InstallPlan plan, ReadPlan());
  ASSIGN_OR_RETURN(const disk::Geometry geometry, ReadGeometry(doors_.devices, to));
  ASSIGN_OR_RETURN(const disk::PartitionTable table, TableOf(plan, geometry, wish));
  std::string boot_record;
  RETURN_IF_ERROR(ReadPieces(plan.boot_code, [&](std::string_view bytes) {
    boot_record += bytes;
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(Erase(to, table));
  RETURN_IF_ERROR(WriteBytes(plan, table, to));
  RETURN_IF_ERROR(OnEfi(table, to, [&](const std::string& device) -> absl::Status {
    RETURN_IF_ERROR(MakeEfi(plan, device, geometry.sector_bytes));
    return wish.arguments.empty() ? absl::OkStatus() : WriteKernelArguments(device, wish.arguments);
  }));
  for (const disk::TableWrite& write : disk::WritesFor(table, boot_record)) {
    RETURN_IF_ERROR(doors_.devices.Write(to, write.offset_bytes, write.bytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<InstallPlan> Installer::ReadPlan() {
  const std::string path = doors_.media + "/plan";
  const auto size = doors_.devices.Measure(path);
  if (!size.ok()) {
    return absl::FailedPreconditionError(
        "the machine runs from memory, and what it was booted from carries no boot loaders to "
        "install: " +
        std::string(base::MessageOf(size.status())));
  }
  if (size->bytes > kLongestPlan) {
    return absl::InvalidArgumentError(
        std::format("{} has {} bytes, expected {} at most", path, size->bytes, kLongestPlan));
  }
  ASSIGN_OR_RETURN(const std::string text, doors_.devices.Read(path, 0, size->bytes));
  return ParseInstallPlan(text);
}

absl::StatusOr<disk::PartitionTable> Installer::TableOf(const InstallPlan& plan,
                                                        const disk::Geometry& geometry,
                                                        const Wish& wish) {
  disk::PartitionTable table(geometry, doors_.new_guid());
  for (const InstallPartition& partition : plan.partitions) {
    ASSIGN_OR_RETURN(
        const disk::Partition added,
        table.Add(partition.label, partition.type, doors_.new_guid(), partition.size_bytes));
    table.SetAttributes(added.number, partition.attributes);
  }
  return disk::WithSystemPartitions(std::move(table), doors_.new_guid, wish.size, wish.place,
                                    wish.volumes);
}

absl::Status Installer::ReadPieces(const std::vector<InstallPiece>& pieces, const Take& take) {
  for (const InstallPiece& piece : pieces) {
    for (std::uint64_t done = 0; done < piece.size_bytes; done += kPiece) {
      ASSIGN_OR_RETURN(
          const std::string bytes,
          doors_.devices.Read(doors_.media + "/" + piece.file, piece.offset_bytes + done,
                              std::min(kPiece, piece.size_bytes - done)));
      RETURN_IF_ERROR(take(bytes));
    }
  }
  return absl::OkStatus();
}

// What no file system holds. Of the other partitions small ones are empty, as in an image.
absl::Status Installer::WriteBytes(const InstallPlan& plan, const disk::PartitionTable& table,
                                   const std::string& to) {
  for (const std::string_view label : {disk::kBios, disk::kMeta}) {
    if (const auto partition = table.Find(label); partition.ok()) {
      ASSIGN_OR_RETURN(const std::unique_ptr<sys::ClaimedDevice> claimed, doors_.eraser.Claim(to));
      RETURN_IF_ERROR(claimed->Zero(partition->offset_bytes, partition->size_bytes));
    }
  }
  for (const InstallBytes& bytes : plan.bytes) {
    ASSIGN_OR_RETURN(const disk::Partition partition, table.Find(bytes.label));
    base::Log(base::Severity::kInfo, "{} is written to {}", bytes.label, to);
    RETURN_IF_ERROR(WriteInto(partition, bytes, to));
  }
  return absl::OkStatus();
}

absl::Status Installer::WriteInto(const disk::Partition& partition, const InstallBytes& bytes,
                                  const std::string& to) {
  std::uint64_t at = partition.offset_bytes + bytes.offset_bytes;
  return ReadPieces(bytes.pieces, [&](std::string_view piece) -> absl::Status {
    if (at + piece.size() > partition.end_bytes()) {
      return absl::OutOfRangeError(
          std::format("what is to be written to {} is larger than it", bytes.label));
    }
    RETURN_IF_ERROR(doors_.devices.Write(to, at, piece));
    at += piece.size();
    return absl::OkStatus();
  });
}

absl::Status Installer::MakeEfi(const InstallPlan& plan, const std::string& device,
                                std::uint32_t sector_bytes) {
  base::Log(base::Severity::kInfo, "EFI is made on {}", device);
  RETURN_IF_ERROR(doors_.programs.Run(MakingOfEfi(device, sector_bytes), kMakingLimit));
  ASSIGN_OR_RETURN(const std::unique_ptr<sys::MountedFiles> files,
                   doors_.file_systems.Mount(device, "vfat"));
  for (const InstallFile& file : plan.files) {
    RETURN_IF_ERROR(file.directory ? files->MakeDirectory(file.path)
                                   : files->Append(file.path, ""));
    RETURN_IF_ERROR(ReadPieces(
        file.pieces, [&](std::string_view bytes) { return files->Append(file.path, bytes); }));
  }
  return absl::OkStatus();
}

}  // namespace ichor
