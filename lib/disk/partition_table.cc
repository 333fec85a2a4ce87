#include "lib/disk/partition_table.h"

#include <algorithm>
#include <format>
#include <span>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/status.h"
#include "lib/disk/little_endian.h"
#include "lib/early/bytes.h"

namespace ichor::disk {
namespace {

constexpr std::size_t kEntries = 128;  // as everybody has them
constexpr std::size_t kMaxLabel = 36;

// Where the fields of an entry lie: table 5-6.
constexpr std::size_t kType = 0;
constexpr std::size_t kId = 16;
constexpr std::size_t kFirstLba = 32;
constexpr std::size_t kLastLba = 40;
constexpr std::size_t kAttributes = 48;
constexpr std::size_t kLabel = 56;

// What early::ReadGpt calls. Errors of `read` are kept: a damaged sector is one.
struct Source {
  const PartitionTable::ReadBytes& read;
  absl::Status error;

  static bool Read(void* context, std::uint64_t offset, std::span<std::byte> out) {
    auto& source = *static_cast<Source*>(context);
    const auto bytes = source.read(offset, out.size());
    if (!bytes.ok() || bytes->size() != out.size()) {
      source.error.Update(bytes.status());
      return false;
    }
    std::ranges::copy(std::as_bytes(std::span(*bytes)), out.begin());
    return true;
  }
};

std::uint64_t RoundUp(std::uint64_t value) {
  return (value + kAlignment - 1) / kAlignment * kAlignment;
}

void PutGuid(const Guid& guid, std::size_t at, std::string& out) {
  std::ranges::transform(guid, out.begin() + static_cast<std::ptrdiff_t>(at),
                         [](std::byte byte) { return static_cast<char>(byte); });
}

}  // namespace

PartitionTable::PartitionTable(Geometry geometry, const Guid& disk)
    : geometry_(geometry), disk_(disk), entries_(kEntries * kEntryBytes, '\0') {}

absl::StatusOr<PartitionTable> PartitionTable::Read(const Geometry& geometry,
                                                    const ReadBytes& read) {
  Source source{.read = read, .error = {}};
  early::Gpt gpt;
  if (!early::ReadGpt({.read = Source::Read, .context = &source}, geometry.sector_bytes,
                      geometry.size_bytes, gpt)) {
    RETURN_IF_ERROR(source.error);
    return absl::NotFoundError("the disk has no GUID partition table that is whole");
  }
  const std::uint64_t entry_bytes = std::uint64_t{gpt.places.entries} * gpt.places.entry_bytes;
  if (entry_bytes == 0 || 4 * entry_bytes + kAlignment > geometry.size_bytes) {
    return absl::NotFoundError("the disk's partition table has no room for partitions");
  }
  PartitionTable table(geometry, gpt.disk);
  table.entry_bytes_ = gpt.places.entry_bytes;
  table.entries_lba_ = gpt.places.entries_lba;
  table.first_is_whole_ = gpt.places.header_lba == 1;
  ASSIGN_OR_RETURN(table.entries_, read(gpt.places.entries_lba * geometry.sector_bytes,
                                        std::size_t{gpt.places.entries} * gpt.places.entry_bytes));
  return table;
}

absl::StatusOr<PartitionTable> PartitionTable::MovedTo(const Geometry& geometry) const {
  if (geometry.sector_bytes != geometry_.sector_bytes) {
    return absl::InvalidArgumentError(std::format("the disk has sectors of {} bytes, expected {}",
                                                  geometry.sector_bytes, geometry_.sector_bytes));
  }
  PartitionTable moved = *this;
  moved.geometry_ = geometry;
  moved.entries_lba_ = 0;
  moved.first_is_whole_ = false;
  const std::uint64_t backup = (EntrySectors(moved) + 1) * geometry.sector_bytes;
  for (const Partition& partition : partitions()) {
    if (partition.end_bytes() + backup > geometry.size_bytes) {
      return absl::ResourceExhaustedError(std::format(
          "the disk has {} MiB, and {} ends at {} MiB", geometry.size_bytes / kAlignment,
          partition.label, partition.end_bytes() / kAlignment));
    }
  }
  return moved;
}

std::vector<Partition> PartitionTable::partitions() const {
  std::vector<Partition> partitions;
  for (std::size_t at = 0; at + entry_bytes_ <= entries_.size(); at += entry_bytes_) {
    const std::string_view entry = std::string_view(entries_).substr(at, entry_bytes_);
    Partition partition{.number = static_cast<std::uint32_t>(at / entry_bytes_) + 1};
    const auto bytes = std::as_bytes(std::span(entry));
    std::ranges::copy(bytes.subspan(kType, partition.type.size()), partition.type.begin());
    if (partition.type == Guid{}) {
      continue;
    }
    std::ranges::copy(bytes.subspan(kId, partition.id.size()), partition.id.begin());
    const std::uint64_t first = early::LittleEndian<std::uint64_t>(bytes, kFirstLba);
    const std::uint64_t last = early::LittleEndian<std::uint64_t>(bytes, kLastLba);
    partition.offset_bytes = first * geometry_.sector_bytes;
    partition.size_bytes = last < first ? 0 : (last - first + 1) * geometry_.sector_bytes;
    partition.attributes = early::LittleEndian<std::uint64_t>(bytes, kAttributes);
    for (std::size_t i = 0; i < kMaxLabel; ++i) {
      const std::uint64_t unit = early::LittleEndian<std::uint16_t>(bytes, kLabel + 2 * i);
      if (unit == 0) {
        break;
      }
      partition.label += unit >= 0x20 && unit < 0x7f ? static_cast<char>(unit) : '?';
    }
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

absl::StatusOr<Partition> PartitionTable::Find(std::string_view label) const {
  std::string labels;
  for (Partition& partition : partitions()) {
    if (partition.label == label) {
      return std::move(partition);
    }
    labels += std::format("{}\"{}\"", labels.empty() ? "" : ", ", partition.label);
  }
  return absl::NotFoundError(std::format("no partition \"{}\": there is {}", label,
                                         labels.empty() ? "none at all" : labels));
}

// The last sectors hold the backup.
std::uint64_t PartitionTable::UsableEnd() const {
  const std::uint64_t table_bytes = (EntrySectors(*this) + 1) * geometry_.sector_bytes;
  const std::uint64_t usable =
      geometry_.size_bytes < table_bytes ? 0 : geometry_.size_bytes - table_bytes;
  return usable / kAlignment * kAlignment;
}

// Between partitions, in the order on the disk, in whole pieces.
std::vector<PartitionTable::Gap> PartitionTable::Gaps() const {
  std::vector<Partition> sorted = partitions();
  std::ranges::sort(sorted, {}, &Partition::offset_bytes);
  const std::uint64_t end = UsableEnd();
  std::vector<Gap> gaps;
  std::uint64_t free = kAlignment;
  const auto close = [&](std::uint64_t next) {
    if (next > free) {
      gaps.push_back({.offset_bytes = free, .size_bytes = next - free});
    }
  };
  for (const Partition& partition : sorted) {
    close(std::min(partition.offset_bytes / kAlignment * kAlignment, end));
    free = std::max(free, RoundUp(partition.end_bytes()));
  }
  close(end);
  return gaps;
}

absl::StatusOr<Partition> PartitionTable::Add(std::string label, const Guid& type, const Guid& id,
                                              std::uint64_t size_bytes) {
  CHECK(label.size() <= kMaxLabel && type != Guid{}) << label;
  const std::uint64_t wanted = RoundUp(size_bytes);
  const std::vector<Gap> gaps = Gaps();
  const auto found =
      wanted == 0
          ? std::ranges::max_element(gaps, {}, &Gap::size_bytes)
          : std::ranges::find_if(gaps, [&](const Gap& gap) { return gap.size_bytes >= wanted; });
  if (found == gaps.end()) {
    return absl::ResourceExhaustedError(
        std::format("no room for partition \"{}\" of {} MiB on a disk of {} MiB", label,
                    wanted / kAlignment, geometry_.size_bytes / kAlignment));
  }
  const auto number = FreeNumber();
  if (!number.has_value()) {
    return absl::ResourceExhaustedError(
        std::format("no room for partition \"{}\": the table has {} already", label,
                    entries_.size() / entry_bytes_));
  }
  const std::size_t at = PlaceOf(*number);
  const std::uint64_t bytes = wanted == 0 ? found->size_bytes : wanted;
  const std::uint64_t first = found->offset_bytes / geometry_.sector_bytes;
  PutGuid(type, at + kType, entries_);
  PutGuid(id, at + kId, entries_);
  PutLittle(first, at + kFirstLba, 8, entries_);
  PutLittle(first + bytes / geometry_.sector_bytes - 1, at + kLastLba, 8, entries_);
  for (std::size_t i = 0; i < label.size(); ++i) {
    PutLittle(static_cast<unsigned char>(label[i]), at + kLabel + 2 * i, 2, entries_);
  }
  return Find(label);
}

std::uint64_t PartitionTable::LargestGap() const {
  std::uint64_t largest = 0;
  for (const Gap& gap : Gaps()) {
    largest = std::max(largest, gap.size_bytes);
  }
  return largest;
}

std::uint64_t PartitionTable::RoomOf(std::uint32_t number) const {
  CHECK(IsUsed(number)) << "no partition " << std::to_string(number);
  const std::vector<Partition> all = partitions();
  const Partition& own = *std::ranges::find(all, number, &Partition::number);
  std::uint64_t end = UsableEnd();
  for (const Partition& other : all) {
    if (other.offset_bytes > own.offset_bytes) {
      end = std::min(end, other.offset_bytes);
    }
  }
  return end <= own.offset_bytes ? 0 : (end - own.offset_bytes) / kAlignment * kAlignment;
}

void PartitionTable::SetSize(std::uint32_t number, std::uint64_t size_bytes) {
  CHECK(size_bytes > 0 && size_bytes <= RoomOf(number)) << std::to_string(size_bytes);
  const std::size_t at = PlaceOf(number);
  const std::uint64_t first = early::LittleEndian<std::uint64_t>(
      std::as_bytes(std::span(std::string_view(entries_))), at + kFirstLba);
  PutLittle(first + size_bytes / geometry_.sector_bytes - 1, at + kLastLba, 8, entries_);
}

void PartitionTable::SetId(std::uint32_t number, const Guid& id) {
  CHECK(IsUsed(number)) << "no partition " << std::to_string(number);
  PutGuid(id, PlaceOf(number) + kId, entries_);
}

void PartitionTable::SetAttributes(std::uint32_t number, std::uint64_t attributes) {
  CHECK(IsUsed(number)) << "no partition " << std::to_string(number);
  PutLittle(attributes, PlaceOf(number) + kAttributes, 8, entries_);
}

void PartitionTable::Remove(std::uint32_t number) {
  if (number > 0 && PlaceOf(number) < entries_.size()) {
    entries_.replace(PlaceOf(number), entry_bytes_, entry_bytes_, '\0');
  }
}

std::size_t PartitionTable::PlaceOf(std::uint32_t number) const {
  return std::size_t{number - 1} * entry_bytes_;
}

bool PartitionTable::IsUsed(std::uint32_t number) const {
  const std::size_t at = PlaceOf(number);
  return at < entries_.size() &&
         entries_.find_first_not_of('\0', at + kType) < at + kType + sizeof(Guid);
}

std::optional<std::uint32_t> PartitionTable::FreeNumber() const {
  for (std::uint32_t number = 1; PlaceOf(number) < entries_.size(); ++number) {
    if (!IsUsed(number)) {
      return number;
    }
  }
  return std::nullopt;
}

std::uint64_t EntrySectors(const PartitionTable& table) {
  const std::uint32_t sector = table.geometry().sector_bytes;
  return (table.entries().size() + sector - 1) / sector;
}

}  // namespace ichor::disk
