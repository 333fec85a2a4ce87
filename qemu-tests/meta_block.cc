#include "qemu-tests/meta_block.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <span>

#include "lib/early/sha256.h"

namespace ichor::qemu {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

void AppendBigEndian(std::string& text, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) {
    text.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

std::uint64_t MetaOffset(const std::string& disk) {
  constexpr int kTable = 1024;
  constexpr int kEntries = 128;
  constexpr std::uint64_t kSector = 512;
  std::ifstream file(disk, std::ios::binary);
  file.seekg(kTable);
  std::array<unsigned char, 128> entry{};
  for (int i = 0; i < kEntries && file.read(reinterpret_cast<char*>(entry.data()), entry.size());
       ++i) {
    // UEFI specification, chapter 5: the first sector, little-endian, and a name in UTF-16.
    constexpr int kFirst = 32;
    constexpr int kName = 56;
    std::string name;
    for (std::size_t at = kName; at < entry.size() && entry[at] != 0; at += 2) {
      name.push_back(static_cast<char>(entry[at]));
    }
    std::uint64_t first = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) {
      first |= std::uint64_t{entry[kFirst + byte]} << (8 * byte);
    }
    if (name == "META") {
      return first * kSector;
    }
  }
  return 0;
}

std::string MetaContent(const std::map<std::uint32_t, std::string>& values) {
  constexpr std::uint32_t kBegin = 0x5a4b3c2d;
  constexpr std::uint32_t kEnd = 0xa5b4c3d2;
  constexpr std::size_t kTail = 36;
  std::string block;
  AppendBigEndian(block, kBegin);
  for (const auto& [tag, value] : values) {
    AppendBigEndian(block, tag);
    AppendBigEndian(block, static_cast<std::uint32_t>(value.size()));
    block += value;
  }
  block.resize(kBlockBytes - kTail);
  block.append(kTail - sizeof(kEnd), '\0');
  AppendBigEndian(block, kEnd);
  const early::Sha256Digest digest = early::Sha256Of(std::as_bytes(std::span(block)));
  std::ranges::transform(digest, block.begin() + kBlockBytes - kTail,
                         [](std::byte byte) { return static_cast<char>(byte); });
  return block + block;
}

}  // namespace ichor::qemu
