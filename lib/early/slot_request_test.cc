#include "lib/early/slot_request.h"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lib/early/environment_block.h"

namespace ichor::early {
namespace {

constexpr std::size_t kPartitionBytes = 8192;

// A partition BIOS, as a file.
struct Partition {
  Partition() {
    std::string pattern = "/tmp/slot-request-XXXXXX";
    directory = mkdtemp(pattern.data());
    path = directory / "bios";
    std::string bytes(kPartitionBytes - kEnvironmentBytes, 'c');
    bytes += "# GRUB Environment Block\n";
    bytes.resize(kPartitionBytes, '#');
    std::ofstream(path) << bytes;
    other = ParseOtherSlot("B grub " + path.string());
  }
  ~Partition() { std::filesystem::remove_all(directory); }
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  std::string Bytes() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::string Variables() const {
    const std::string bytes = Bytes();
    const std::size_t begin = bytes.find('\n') + 1;
    return bytes.substr(begin, bytes.find('#', begin) - begin);
  }

  std::filesystem::path directory;
  std::filesystem::path path;
  OtherSlot other;
};

}  // namespace

TEST_CASE("other slot: as text and back; what is not whole is none") {
  const OtherSlot other = ParseOtherSlot("B uefi ichor-000002-b.efi\n");
  REQUIRE(other.IsThere());
  CHECK(other.where.view() == "ichor-000002-b.efi");
  CHECK(ToText(other).view() == "B uefi ichor-000002-b.efi");
  CHECK_FALSE(ParseOtherSlot("").IsThere());
  CHECK_FALSE(ParseOtherSlot("B uefi").IsThere());
  CHECK_FALSE(ParseOtherSlot("B lilo x").IsThere());
  CHECK_FALSE(ParseOtherSlot("B grub " + std::string(200, 'x')).IsThere());
}

TEST_CASE("other slot: GRUB is asked in the last KiB, each time by another number") {
  const Partition partition;
  CHECK(ReadAsks(partition.other) == 0);
  CHECK(AskFor(partition.other) == 0);
  CHECK(partition.Variables() == "ichor_asks=1\nichor_once=B\nichor_request=1\n");
  CHECK(AskFor(partition.other) == 0);
  CHECK(partition.Variables() == "ichor_asks=2\nichor_once=B\nichor_request=2\n");
  CHECK(ReadAsks(partition.other) == 2);
  const std::string bytes = partition.Bytes();
  CHECK(bytes.size() == kPartitionBytes);
  CHECK(bytes.starts_with(std::string(kPartitionBytes - kEnvironmentBytes, 'c') + "# GRUB"));
}

TEST_CASE("other slot: a slot that came up forgets, and writes nothing if there is nothing") {
  const Partition partition;
  const std::string before = partition.Bytes();
  CHECK(ForgetAsks(partition.other) == 0);
  CHECK(partition.Bytes() == before);
  CHECK(AskFor(partition.other) == 0);
  CHECK(ForgetAsks(partition.other) == 0);
  CHECK(ReadAsks(partition.other) == 0);
  CHECK(partition.Variables() == "ichor_once=B\nichor_request=1\n");
}

TEST_CASE("other slot: what cannot be written is an error") {
  CHECK(AskFor({}) == ENOENT);
  CHECK(AskFor(ParseOtherSlot("B grub /no/such/device")) == ENOENT);
}

}  // namespace ichor::early
