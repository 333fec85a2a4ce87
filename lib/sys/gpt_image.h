// Disk images for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ichor::sys {

struct TestPartition {
  std::string label;
  std::uint64_t first_sector = 0;
  std::uint64_t sectors = 0;
  std::string contents;  // from its first byte on
};

// A GPT disk of `sectors` sectors of 512 bytes with these partitions of type Linux data, the n-th
// with the GUID 00000000-0000-0000-0000-0000000000nn. No backup table.
std::string GptImage(std::uint64_t sectors, const std::vector<TestPartition>& partitions);

}  // namespace ichor::sys
