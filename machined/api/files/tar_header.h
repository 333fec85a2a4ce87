// Headers of a tar archive: POSIX's pax format, which is ustar with a record before what does not
// fit.
#pragma once

#include <cstdint>
#include <string>

namespace ichor::api {

enum class TarType : char { kRegular = '0', kLink = '2', kDirectory = '5' };

struct TarEntry {
  std::string name;
  TarType type = TarType::kRegular;
  std::string target;  // of a link
  std::uint32_t permissions = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size_bytes = 0;  // of a regular file
  std::int64_t modified_seconds = 0;
};

inline constexpr std::uint64_t kTarBlockBytes = 512;

// What stands before the contents of `entry`.
std::string TarHeader(const TarEntry& entry);

// Zeros that make `size_bytes` whole blocks.
std::string TarPadding(std::uint64_t size_bytes);

// What ends an archive.
std::string TarEnd();

}  // namespace ichor::api
