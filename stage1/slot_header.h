// The header of a slot: docs/boot.md, "A slot".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/early/sha256.h"

namespace ichor::stage1 {

inline constexpr std::string_view kSlotMagic = "ICHORSLT";  // its first bytes
inline constexpr std::size_t kSlotHeaderBytes = 65536;
inline constexpr std::size_t kMaxImages = 16;
inline constexpr std::uint64_t kVerityBlock = 4096;

// An erofs image of a slot and its dm-verity tree; offsets from the slot's begin, in bytes.
struct Image {
  std::string_view name;  // part of the header
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t tree_offset = 0;
  std::uint64_t tree_length = 0;
  std::array<std::byte, 32> root_hash{};
  std::array<std::byte, 32> salt{};
};

struct SlotHeader {
  std::uint64_t used = 0;  // bytes of the slot
  std::size_t count = 0;
  std::array<Image, kMaxImages>
      images;  // `count` of them: the base first, then what is stacked over it
};

// Reads a header whose SHA-256 must be `expected`, of a slot of so many bytes. Null if all is well,
// else what is wrong, for the console. Nothing of a header with another hash is looked at.
const char* ReadSlotHeader(std::span<const std::byte> header, const early::Sha256Digest& expected,
                           std::uint64_t slot_bytes, SlotHeader& out);

// The same without the hash, for a header that is trusted already.
const char* ParseSlotHeader(std::span<const std::byte> header, std::uint64_t slot_bytes,
                            SlotHeader& out);

}  // namespace ichor::stage1
