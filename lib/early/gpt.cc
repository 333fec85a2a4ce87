#include "lib/early/gpt.h"

#include <algorithm>
#include <cstring>

#include "lib/early/bytes.h"
#include "lib/early/text.h"

namespace ichor::early {
namespace {

constexpr std::size_t kMaxEntries = 64 * 1024;  // bytes of all entries
constexpr std::size_t kMaxSector = 4096;

struct Header {
  GptPlaces places;
  std::uint32_t entries_crc;
};

// Checks the header that lies in sector `lba`. The header's bytes are changed.
std::optional<Header> ParseHeader(std::span<std::byte> sector, std::uint64_t lba, Gpt& out) {
  const auto size = LittleEndian<std::uint32_t>(sector, 12);
  if (std::memcmp(sector.data(), "EFI PART", 8) != 0 || size < 92 || size > sector.size())
    return std::nullopt;
  const auto crc = LittleEndian<std::uint32_t>(sector, 16);
  std::ranges::fill(sector.subspan(16, 4), std::byte{0});
  if (Crc32(sector.first(size)) != crc || LittleEndian<std::uint64_t>(sector, 24) != lba)
    return std::nullopt;
  std::ranges::copy(sector.subspan(56, 16), out.disk.begin());
  const GptPlaces places = {.header_lba = lba,
                            .entries_lba = LittleEndian<std::uint64_t>(sector, 72),
                            .entries = LittleEndian<std::uint32_t>(sector, 80),
                            .entry_bytes = LittleEndian<std::uint32_t>(sector, 84)};
  const bool fits = places.entry_bytes >= 128 && places.entry_bytes % 8 == 0 &&
                    places.entry_bytes <= 4096 &&
                    std::uint64_t{places.entries} * places.entry_bytes <= kMaxEntries;
  if (!fits) return std::nullopt;
  return Header{.places = places, .entries_crc = LittleEndian<std::uint32_t>(sector, 88)};
}

void ReadLabel(std::span<const std::byte> entry, std::array<char, 37>& out) {
  for (std::size_t i = 0; i < 36; ++i) {
    const auto unit = LittleEndian<std::uint16_t>(entry, 56 + (2 * i));
    if (unit == 0) return;
    out[i] = unit >= 32 && unit < 127 ? static_cast<char>(unit) : '?';
  }
}

void ReadEntries(std::span<const std::byte> entries, Gpt& out) {
  out.count = 0;
  const std::size_t size = out.places.entry_bytes;
  for (std::uint32_t i = 0; i < out.places.entries && out.count < out.partitions.size(); ++i) {
    const auto entry = entries.subspan(i * size, size);
    const bool used =
        std::ranges::any_of(entry.first(16), [](std::byte b) { return b != std::byte{0}; });
    if (!used) continue;
    Partition& partition = out.partitions[out.count++];
    partition = {.number = i + 1};
    std::ranges::copy(entry.subspan(16, 16), partition.guid.begin());
    partition.first_lba = LittleEndian<std::uint64_t>(entry, 32);
    partition.last_lba = LittleEndian<std::uint64_t>(entry, 40);
    ReadLabel(entry, partition.label);
  }
}

bool ReadTable(const Reader& reader, std::uint64_t sector, std::uint64_t lba, std::uint64_t sectors,
               Gpt& out) {
  std::array<std::byte, kMaxSector> buffer;
  std::array<std::byte, kMaxEntries> entries;
  const auto bytes = std::span(buffer).first(sector);
  if (!reader.read(reader.context, lba * sector, bytes)) return false;
  const auto header = ParseHeader(bytes, lba, out);
  if (!header.has_value() || header->places.entries_lba >= sectors) return false;
  out.places = header->places;
  const auto table =
      std::span(entries).first(std::size_t{out.places.entries} * out.places.entry_bytes);
  if (!reader.read(reader.context, out.places.entries_lba * sector, table)) return false;
  if (Crc32(table) != header->entries_crc) return false;
  ReadEntries(table, out);
  return true;
}

}  // namespace

std::uint32_t Crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::optional<Guid> ParseGuid(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
    return std::nullopt;
  Text<33> digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 8 && i != 13 && i != 18 && i != 23) digits.Push(text[i]);
  }
  Guid guid{};
  if (!FromHex(digits.view(), guid)) return std::nullopt;
  std::reverse(guid.begin(), guid.begin() + 4);
  std::reverse(guid.begin() + 4, guid.begin() + 6);
  std::reverse(guid.begin() + 6, guid.begin() + 8);
  return guid;
}

const Partition* Gpt::WithGuid(const Guid& guid) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (partitions[i].guid == guid) return &partitions[i];
  }
  return nullptr;
}

const Partition* Gpt::WithLabel(std::string_view label) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (std::string_view(partitions[i].label.data()) == label) return &partitions[i];
  }
  return nullptr;
}

bool ReadGpt(const Reader& reader, std::uint64_t sector, std::uint64_t disk_bytes, Gpt& out) {
  if (sector < 512 || sector > kMaxSector || disk_bytes / sector < 3) return false;
  const std::uint64_t sectors = disk_bytes / sector;
  return ReadTable(reader, sector, 1, sectors, out) ||
         ReadTable(reader, sector, sectors - 1, sectors, out);
}

}  // namespace ichor::early
