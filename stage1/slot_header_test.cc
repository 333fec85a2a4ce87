#include "stage1/slot_header.h"

#include <cstring>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::stage1 {
namespace {

// A header of one image of 8 KiB at 1 MiB, with its tree of 4 KiB behind it.
struct TestHeader {
  std::vector<std::byte> bytes = std::vector<std::byte>(kSlotHeaderBytes);

  TestHeader() {
    std::memcpy(bytes.data(), "ICHORSLT", 8);
    Put(8, 1, 4);
    Put(12, 1, 4);
    Put(16, (1 << 20) + 12288, 8);
    std::memcpy(bytes.data() + 64, "base", 4);
    Put(128, 1 << 20, 8);
    Put(136, 8192, 8);
    Put(144, (1 << 20) + 8192, 8);
    Put(152, 4096, 8);
    bytes[160] = std::byte{0xaa};
    bytes[192] = std::byte{0xbb};
  }
  void Put(std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes[offset + i] = static_cast<std::byte>(value >> (8 * i));
  }
  std::string Wrong(std::uint64_t slot_bytes = 1 << 30) const {
    SlotHeader out;
    const char* wrong = ParseSlotHeader(bytes, slot_bytes, out);
    return wrong == nullptr ? "" : wrong;
  }
};

}  // namespace

TEST_CASE("slot header: what was written is read") {
  const TestHeader header;
  SlotHeader out;
  REQUIRE(ReadSlotHeader(header.bytes, early::Sha256Of(header.bytes), 1 << 30, out) == nullptr);
  REQUIRE(out.count == 1);
  CHECK(out.images[0].name == "base");
  CHECK(out.images[0].offset == 1 << 20);
  CHECK(out.images[0].tree_offset == (1 << 20) + 8192);
  CHECK(out.images[0].root_hash[0] == std::byte{0xaa});
  CHECK(out.images[0].salt[0] == std::byte{0xbb});
}

TEST_CASE("slot header: one flipped bit anywhere is refused by the hash") {
  TestHeader header;
  const auto expected = early::Sha256Of(header.bytes);
  header.bytes[60000] ^= std::byte{1};
  SlotHeader out;
  CHECK(ReadSlotHeader(header.bytes, expected, 1 << 30, out) ==
        std::string_view("the header's hash is not that of the command line"));
}

TEST_CASE("slot header: what cannot be is refused with a reason") {
  TestHeader header;
  CHECK(header.Wrong().empty());
  CHECK(header.Wrong(1 << 20) == "the slot is cut off");
  header.Put(12, 17, 4);
  CHECK(header.Wrong() == "the number of images is out of its range");
  header = {};
  header.Put(8, 2, 4);
  CHECK(header.Wrong() == "the header's version is unknown");
  header = {};
  header.Put(136, 8191, 8);
  CHECK(header.Wrong() == "an image is not aligned");
  header = {};
  header.Put(136, ~0ULL << 12U, 8);
  CHECK(header.Wrong() == "an image lies outside of the slot");
  header = {};
  header.Put(144, 1 << 20, 8);
  CHECK(header.Wrong() == "a hash tree lies outside of the slot");
  header.bytes[0] = std::byte{'X'};
  CHECK(header.Wrong() == "there is no header");
}

}  // namespace ichor::stage1
