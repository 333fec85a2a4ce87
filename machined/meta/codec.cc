#include "machined/meta/codec.h"

#include <algorithm>
#include <format>
#include <optional>

#include "lib/base/status.h"
#include "openssl/sha.h"

namespace ichor {
namespace {

constexpr std::uint32_t kFirstMagic = 0x5a4b3c2d;
constexpr std::uint32_t kLastMagic = 0xa5b4c3d2;
constexpr size_t kNumberBytes = 4;
constexpr size_t kLastMagicAt = kMetaBlockBytes - kNumberBytes;
constexpr size_t kChecksumAt = kLastMagicAt - SHA256_DIGEST_LENGTH;
constexpr size_t kRoomBytes = kChecksumAt - kNumberBytes;  // for records

void AppendNumber(std::uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> shift & 0xff));
  }
}

std::uint32_t NumberAt(std::string_view bytes, size_t at) {
  std::uint32_t number = 0;
  for (const char byte : bytes.substr(at, kNumberBytes)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

// Takes a number from the front; absent if `bytes` is too short.
std::optional<std::uint32_t> TakeNumber(std::string_view& bytes) {
  if (bytes.size() < kNumberBytes) {
    return std::nullopt;
  }
  const std::uint32_t number = NumberAt(bytes, 0);
  bytes.remove_prefix(kNumberBytes);
  return number;
}

// Of a block, as if its checksum were zero.
std::string Checksum(std::string_view block) {
  std::string zeroed(block);
  zeroed.replace(kChecksumAt, SHA256_DIGEST_LENGTH, SHA256_DIGEST_LENGTH, '\0');
  std::string sum(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(zeroed.data()), zeroed.size(),
         reinterpret_cast<unsigned char*>(sum.data()));
  return sum;
}

absl::StatusOr<MetaTags> DecodeRecords(std::string_view records) {
  MetaTags tags;
  while (true) {
    const std::optional<std::uint32_t> tag = TakeNumber(records);
    if (!tag.has_value() || *tag == 0) {
      return tags;
    }
    const std::optional<std::uint32_t> size = TakeNumber(records);
    if (!size.has_value() || *size > records.size()) {
      return absl::DataLossError(std::format("tag {:#04x} reaches beyond the block", *tag));
    }
    tags.insert_or_assign(*tag, std::string(records.substr(0, *size)));
    records.remove_prefix(*size);
  }
}

}  // namespace

absl::StatusOr<std::string> EncodeMetaBlock(const MetaTags& tags) {
  std::string block;
  block.reserve(kMetaBlockBytes);
  AppendNumber(kFirstMagic, block);
  for (const auto& [tag, value] : tags) {
    if (tag == 0) {
      return absl::InvalidArgumentError("META: there is no tag 0");
    }
    const size_t taken = block.size() - kNumberBytes + 2 * kNumberBytes;
    if (value.size() > kRoomBytes || taken + value.size() > kRoomBytes) {
      return absl::ResourceExhaustedError(
          std::format("META: the values need more than {} bytes", kRoomBytes));
    }
    AppendNumber(tag, block);
    AppendNumber(static_cast<std::uint32_t>(value.size()), block);
    block += value;
  }
  block.resize(kLastMagicAt, '\0');
  AppendNumber(kLastMagic, block);
  block.replace(kChecksumAt, SHA256_DIGEST_LENGTH, Checksum(block));
  return block;
}

absl::StatusOr<MetaTags> DecodeMetaBlock(std::string_view block) {
  if (block.size() != kMetaBlockBytes) {
    return absl::DataLossError(std::format("{} bytes, expected {}", block.size(), kMetaBlockBytes));
  }
  if (NumberAt(block, 0) != kFirstMagic || NumberAt(block, kLastMagicAt) != kLastMagic) {
    return absl::DataLossError("no magic number");
  }
  if (block.substr(kChecksumAt, SHA256_DIGEST_LENGTH) != Checksum(block)) {
    return absl::DataLossError("the checksum does not fit");
  }
  return DecodeRecords(block.substr(kNumberBytes, kRoomBytes));
}

absl::StatusOr<MetaTags> DecodeMeta(std::string_view copies) {
  absl::StatusOr<MetaTags> first = DecodeMetaBlock(copies.substr(0, kMetaBlockBytes));
  if (first.ok()) {
    return first;
  }
  const std::string_view rest = copies.substr(std::min(copies.size(), kMetaBlockBytes));
  absl::StatusOr<MetaTags> second = DecodeMetaBlock(rest.substr(0, kMetaBlockBytes));
  if (second.ok()) {
    return second;
  }
  if (std::ranges::all_of(copies, [](char byte) { return byte == '\0'; })) {
    return MetaTags();
  }
  return absl::DataLossError(std::format("META: first copy: {}; second copy: {}",
                                         base::MessageOf(first.status()),
                                         base::MessageOf(second.status())));
}

}  // namespace ichor
