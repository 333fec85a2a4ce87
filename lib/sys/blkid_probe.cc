#include "lib/sys/blkid_probe.h"

#include <blkid/blkid.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string_view>

#include "lib/base/status.h"

namespace ichor::sys {
namespace {

constexpr std::uint64_t kTableUnitBytes = 512;  // of partition starts and sizes, whatever the disk

struct FreeProbe {
  void operator()(blkid_probe probe) const { blkid_free_probe(probe); }
};
using Probe = std::unique_ptr<blkid_struct_probe, FreeProbe>;

// A probe of a part of `fd`. Size 0: to its end.
absl::StatusOr<Probe> ProbeOf(int fd, std::uint64_t offset, std::uint64_t size,
                              const std::string& name) {
  Probe probe(blkid_new_probe());
  if (probe == nullptr || blkid_probe_set_device(probe.get(), fd, static_cast<blkid_loff_t>(offset),
                                                 static_cast<blkid_loff_t>(size)) != 0) {
    return absl::UnavailableError("probe " + name + ": it cannot be read");
  }
  return probe;
}

// Foreign text without what would change a terminal or break a line.
std::string Shown(const char* text) {
  std::string shown = text == nullptr ? "" : text;
  std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return shown;
}

std::string ValueOf(blkid_probe probe, const char* name) {
  const char* value = nullptr;
  return blkid_probe_lookup_value(probe, name, &value, nullptr) == 0 ? Shown(value) : std::string();
}

template <class Number>
Number NumberOf(blkid_probe probe, const char* name) {
  const std::string text = ValueOf(probe, name);
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What the superblocks, and with `table` the partition table, say. Several superblocks that
// contradict each other are as good as none.
ProbedContents ContentsOf(blkid_probe probe, bool table) {
  blkid_probe_enable_superblocks(probe, 1);
  blkid_probe_set_superblocks_flags(
      probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_FSINFO);
  blkid_probe_enable_partitions(probe, table ? 1 : 0);
  ProbedContents contents;
  if (blkid_do_safeprobe(probe) != 0) {
    return contents;
  }
  contents.type = ValueOf(probe, "TYPE");
  contents.label = ValueOf(probe, "LABEL");
  contents.uuid = ValueOf(probe, "UUID");
  contents.size_bytes = NumberOf<std::uint64_t>(probe, "FSSIZE");
  contents.block_size_bytes = NumberOf<std::uint32_t>(probe, "BLOCK_SIZE");
  contents.filesystem_block_size_bytes = NumberOf<std::uint32_t>(probe, "FSBLOCKSIZE");
  if (contents.type.empty()) {
    contents.type = ValueOf(probe, "PTTYPE");
    contents.uuid = ValueOf(probe, "PTUUID");
  }
  return contents;
}

std::string TypeOf(blkid_partition partition) {
  if (const char* text = blkid_partition_get_type_string(partition); text != nullptr) {
    return Shown(text);
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto type = static_cast<unsigned>(blkid_partition_get_type(partition));
  return {'0', 'x', kDigits[type >> 4 & 15], kDigits[type & 15]};
}

absl::StatusOr<ProbedPartition> PartitionOf(int fd, blkid_partition found, std::uint64_t end,
                                            const std::string& name) {
  ProbedPartition partition;
  partition.index = static_cast<std::uint64_t>(blkid_partition_get_partno(found));
  partition.offset_bytes =
      static_cast<std::uint64_t>(blkid_partition_get_start(found)) * kTableUnitBytes;
  partition.size_bytes =
      static_cast<std::uint64_t>(blkid_partition_get_size(found)) * kTableUnitBytes;
  partition.uuid = Shown(blkid_partition_get_uuid(found));
  partition.type = TypeOf(found);
  partition.label = Shown(blkid_partition_get_name(found));
  const bool inside = partition.offset_bytes <= end && partition.size_bytes > 0 &&
                      partition.size_bytes <= end - partition.offset_bytes;
  if (inside && blkid_partition_is_extended(found) == 0) {
    ASSIGN_OR_RETURN(const Probe probe,
                     ProbeOf(fd, partition.offset_bytes, partition.size_bytes, name));
    partition.contents = ContentsOf(probe.get(), false);
  }
  return partition;
}

}  // namespace

absl::StatusOr<ProbedDisk> ProbeDescriptor(int fd, const std::string& name) {
  ASSIGN_OR_RETURN(const Probe probe, ProbeOf(fd, 0, 0, name));
  ProbedDisk disk;
  disk.size_bytes = static_cast<std::uint64_t>(blkid_probe_get_size(probe.get()));
  disk.sector_size_bytes = blkid_probe_get_sectorsize(probe.get());
  if (disk.size_bytes == 0) {
    return disk;
  }
  disk.contents = ContentsOf(probe.get(), true);
  ASSIGN_OR_RETURN(const Probe table, ProbeOf(fd, 0, 0, name));
  blkid_partlist partitions = blkid_probe_get_partitions(table.get());
  const int count = partitions == nullptr ? 0 : blkid_partlist_numof_partitions(partitions);
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(
        ProbedPartition partition,
        PartitionOf(fd, blkid_partlist_get_partition(partitions, i), disk.size_bytes, name));
    disk.partitions.push_back(std::move(partition));
  }
  std::ranges::sort(disk.partitions, {}, &ProbedPartition::index);
  return disk;
}

}  // namespace ichor::sys
