// How large an XFS file system is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ichor::disk {

// What the superblock needs at least, in bytes from the start of the partition.
inline constexpr std::size_t kXfsSuperblockBytes = 512;

// Bytes of the data section, from the superblock that begins `bytes` (xfs_db(8), fields blocksize
// and dblocks). Nothing if it is none.
std::optional<std::uint64_t> XfsBytes(std::string_view bytes);

}  // namespace ichor::disk
