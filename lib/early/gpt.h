// GUID partition tables: UEFI specification 2.10, chapter 5.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ichor::early {

// As on the disk: the first three fields little-endian.
using Guid = std::array<std::byte, 16>;

// The checksum of headers and entries: CRC-32 as in ISO 3309.
std::uint32_t Crc32(std::span<const std::byte> bytes);

// A GUID from its text, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" of either case; empty for anything
// else.
std::optional<Guid> ParseGuid(std::string_view text);

struct Partition {
  std::uint32_t number = 0;  // from 1, as in the device's name
  Guid guid{};
  std::array<char, 37> label{};  // what is not ASCII is '?'
  std::uint64_t first_lba = 0;
  std::uint64_t last_lba = 0;
};

// Where the parts of a table lie.
struct GptPlaces {
  std::uint64_t header_lba = 0;  // 1, or that of the backup
  std::uint64_t entries_lba = 0;
  std::uint32_t entries = 0;
  std::uint32_t entry_bytes = 0;
};

struct Gpt {
  Guid disk{};
  GptPlaces places;
  std::size_t count = 0;
  std::array<Partition, 128> partitions;  // `count` that are in use

  const Partition* WithGuid(const Guid& guid) const;
  const Partition* WithLabel(std::string_view label) const;
};

// Reads `out.size()` bytes at an offset; false if that cannot be.
struct Reader {
  bool (*read)(void* context, std::uint64_t offset, std::span<std::byte> out);
  void* context;
};

// Reads the table of a disk of so many bytes in sectors of `sector` bytes: the one at the begin,
// or, if that is damaged, the backup at the end. False if neither is whole. Takes 70 KiB of stack.
bool ReadGpt(const Reader& reader, std::uint64_t sector, std::uint64_t disk_bytes, Gpt& out);

}  // namespace ichor::early
