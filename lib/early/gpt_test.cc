#include "lib/early/gpt.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::early {
namespace {

// A disk of 256 sectors of 512 bytes with two partitions and both tables.
struct Disk {
  std::vector<std::byte> bytes = std::vector<std::byte>(std::size_t{256} * 512);

  Disk() {
    Entry(0, 0x11, "EFI", 34);
    Entry(2, 0x22, "ROOT-A", 40);
    Header(1, 2);
    std::copy_n(bytes.begin() + 1024, 512, bytes.begin() + (std::ptrdiff_t{250} * 512));
    Header(255, 250);
  }
  void Put(std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes[offset + i] = static_cast<std::byte>(value >> (8 * i));
  }
  void Entry(std::size_t index, int guid, const std::string& label, std::uint64_t first) {
    const std::size_t at = 1024 + (128 * index);
    bytes[at] = std::byte{1};
    bytes[at + 16] = static_cast<std::byte>(guid);
    Put(at + 32, first, 8);
    Put(at + 40, first + 1, 8);
    for (std::size_t i = 0; i < label.size(); ++i)
      bytes[at + 56 + (2 * i)] = static_cast<std::byte>(label[i]);
  }
  void Header(std::size_t lba, std::uint64_t entries) {
    const std::size_t at = lba * 512;
    std::memcpy(bytes.data() + at, "EFI PART", 8);
    Put(at + 12, 92, 4);
    Put(at + 24, lba, 8);
    Put(at + 72, entries, 8);
    Put(at + 80, 4, 4);
    Put(at + 84, 128, 4);
    Put(at + 88, Crc32(std::span(bytes).subspan(entries * 512, 512)), 4);
    Put(at + 16, 0, 4);
    Put(at + 16, Crc32(std::span(bytes).subspan(at, 92)), 4);
  }
  bool Read(Gpt& out) {
    const auto read = [](void* context, std::uint64_t offset, std::span<std::byte> to) {
      const auto& all = *static_cast<std::vector<std::byte>*>(context);
      if (offset > all.size() || all.size() - offset < to.size()) return false;
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
      return true;
    };
    return ReadGpt({.read = read, .context = &bytes}, 512, bytes.size(), out);
  }
};

}  // namespace

TEST_CASE("gpt: partitions are found by label and GUID") {
  Disk disk;
  Gpt gpt;
  REQUIRE(disk.Read(gpt));
  REQUIRE(gpt.count == 2);
  const Partition* root = gpt.WithLabel("ROOT-A");
  REQUIRE(root != nullptr);
  CHECK(root->number == 3);
  CHECK(root->first_lba == 40);
  CHECK(gpt.WithGuid(root->guid) == root);
  CHECK(gpt.WithLabel("ROOT") == nullptr);
}

TEST_CASE("gpt: the backup stands in for a damaged table") {
  Disk disk;
  Gpt gpt;
  disk.bytes[512 + 40] ^= std::byte{1};
  CHECK(disk.Read(gpt));
  CHECK(gpt.WithLabel("ROOT-A") != nullptr);
  Disk entries;
  entries.bytes[1024 + 60] ^= std::byte{1};
  CHECK(entries.Read(gpt));
  CHECK(gpt.WithLabel("EFI") != nullptr);
}

TEST_CASE("gpt: a disk without a whole table has none") {
  Disk disk;
  Gpt gpt;
  disk.bytes[512 + 40] ^= std::byte{1};
  disk.bytes[(std::size_t{255} * 512) + 40] ^= std::byte{1};
  CHECK_FALSE(disk.Read(gpt));
}

TEST_CASE("gpt: a GUID's text is as the disk has it") {
  const auto guid = ParseGuid("C12A7328-f81f-11d2-ba4b-00a0c93ec93b");
  REQUIRE(guid.has_value());
  CHECK((*guid)[0] == std::byte{0x28});
  CHECK((*guid)[4] == std::byte{0x1f});
  CHECK((*guid)[8] == std::byte{0xba});
  CHECK((*guid)[15] == std::byte{0x3b});
  CHECK_FALSE(ParseGuid("C12A7328-f81f-11d2-ba4b-00a0c93ec93").has_value());
  CHECK_FALSE(ParseGuid("C12A7328-f81f-11d2-ba4b-00a0c93ec93x").has_value());
}

}  // namespace ichor::early
