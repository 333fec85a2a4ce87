// Any bytes as the first sector of a partition: nothing of them is more than a number.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "lib/disk/xfs_size.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string sector = "XFSB" + std::string(reinterpret_cast<const char*>(data), size);
  const auto bytes = ichor::disk::XfsBytes(sector);
  CHECK(!bytes.has_value() || sector.size() >= ichor::disk::kXfsSuperblockBytes);
  return 0;
}
