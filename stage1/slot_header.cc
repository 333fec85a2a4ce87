#include "stage1/slot_header.h"

#include <algorithm>
#include <cstring>

#include "lib/early/bytes.h"

namespace ichor::stage1 {
namespace {

using early::LittleEndian;

constexpr std::size_t kFirstImage = 64;
constexpr std::size_t kImageBytes = 256;
constexpr std::size_t kNameBytes = 64;
constexpr std::uint64_t kImageAlignment = 1 << 20;

Image ReadImage(std::span<const std::byte> entry) {
  Image out;
  const auto* name = reinterpret_cast<const char*>(entry.data());
  out.name = {name, ::strnlen(name, kNameBytes)};
  out.offset = LittleEndian<std::uint64_t>(entry, 64);
  out.length = LittleEndian<std::uint64_t>(entry, 72);
  out.tree_offset = LittleEndian<std::uint64_t>(entry, 80);
  out.tree_length = LittleEndian<std::uint64_t>(entry, 88);
  std::ranges::copy(entry.subspan(96, 32), out.root_hash.begin());
  std::ranges::copy(entry.subspan(128, 32), out.salt.begin());
  return out;
}

// Whether [offset, offset + length) lies in [begin, end).
bool Inside(std::uint64_t offset, std::uint64_t length, std::uint64_t begin, std::uint64_t end) {
  return offset >= begin && offset <= end && length <= end - offset;
}

const char* Wrong(const Image& image, std::uint64_t used) {
  if (image.name.empty()) return "an image has no name";
  if (image.length == 0 || image.length % kVerityBlock != 0 ||
      image.offset % kImageAlignment != 0) {
    return "an image is not aligned";
  }
  // An image of one block has a tree of none: its root hash is the block's.
  if (image.tree_offset % kVerityBlock != 0) return "a hash tree is not aligned";
  if (!Inside(image.offset, image.length, kSlotHeaderBytes, used))
    return "an image lies outside of the slot";
  if (!Inside(image.tree_offset, image.tree_length, image.offset + image.length, used)) {
    return "a hash tree lies outside of the slot";
  }
  return nullptr;
}

}  // namespace

const char* ParseSlotHeader(std::span<const std::byte> header, std::uint64_t slot_bytes,
                            SlotHeader& out) {
  if (header.size() != kSlotHeaderBytes) return "the header is cut off";
  if (std::memcmp(header.data(), kSlotMagic.data(), kSlotMagic.size()) != 0)
    return "there is no header";
  if (LittleEndian<std::uint32_t>(header, 8) != 1) return "the header's version is unknown";
  out.count = LittleEndian<std::uint32_t>(header, 12);
  out.used = LittleEndian<std::uint64_t>(header, 16);
  if (out.count < 1 || out.count > kMaxImages) return "the number of images is out of its range";
  if (out.used > slot_bytes) return "the slot is cut off";
  for (std::size_t i = 0; i < out.count; ++i) {
    out.images[i] = ReadImage(header.subspan(kFirstImage + (i * kImageBytes), kImageBytes));
    if (const char* wrong = Wrong(out.images[i], out.used); wrong != nullptr) return wrong;
  }
  return nullptr;
}

const char* ReadSlotHeader(std::span<const std::byte> header, const early::Sha256Digest& expected,
                           std::uint64_t slot_bytes, SlotHeader& out) {
  if (header.size() != kSlotHeaderBytes) return "the header is cut off";
  if (early::Sha256Of(header) != expected)
    return "the header's hash is not that of the command line";
  return ParseSlotHeader(header, slot_bytes, out);
}

}  // namespace ichor::stage1
