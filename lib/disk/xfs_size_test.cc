#include "lib/disk/xfs_size.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace ichor::disk {
namespace {

std::string Superblock() {
  std::string bytes(kXfsSuperblockBytes, '\0');
  bytes.replace(0, 4, "XFSB");
  bytes[6] = 0x10;  // blocks of 4096 bytes
  bytes[13] = 8;    // 524,288 of them
  return bytes;
}

TEST_CASE("xfs size: blocks times their size") {
  CHECK(XfsBytes(Superblock()) == std::uint64_t{2} << 30U);
}

TEST_CASE("xfs size: of what is no superblock there is none") {
  CHECK_FALSE(XfsBytes("").has_value());
  CHECK_FALSE(XfsBytes(std::string(kXfsSuperblockBytes, '\0')).has_value());
  CHECK_FALSE(XfsBytes(Superblock().substr(0, 511)).has_value());
  std::string huge = Superblock();
  huge.replace(8, 8, 8, '\xff');
  CHECK_FALSE(XfsBytes(huge).has_value());
}

}  // namespace
}  // namespace ichor::disk
