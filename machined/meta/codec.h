// The format of the META partition: tagged values, kept twice.
//
// A block has 256 KiB: a magic number; records of tag, size and value; a zero tag or the end of the
// room; in its last 36 bytes the SHA-256 of the block with these 32 bytes zeroed, and another magic
// number. All numbers are big-endian. It stands at the beginning of the partition and once more
// right behind. The rest of the partition, where older systems keep a tail of their own, is not
// ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor {

// Values by tag; any bytes, and possibly empty. Tag 0 does not exist.
using MetaTags = std::map<std::uint32_t, std::string>;

inline constexpr size_t kMetaBlockBytes = 256UL * 1024;
inline constexpr size_t kMetaCopies = 2;

// The block that holds `tags`. InvalidArgument for tag 0; ResourceExhausted if they are too large.
absl::StatusOr<std::string> EncodeMetaBlock(const MetaTags& tags);

// The tags in a block. Of a tag that is there twice, the last. DataLoss says what is wrong with a
// block that is none.
absl::StatusOr<MetaTags> DecodeMetaBlock(std::string_view block);

// The tags in the beginning of the partition: of the first copy, or if that is broken of the
// second. No tags if all is zero, as in a fresh image. DataLoss, with both reasons, if neither copy
// is whole.
absl::StatusOr<MetaTags> DecodeMeta(std::string_view copies);

}  // namespace ichor
