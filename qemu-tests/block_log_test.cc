#include "qemu-tests/block_log.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/base/status_matchers.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::size_t kSector = 512;
constexpr std::uint64_t kFlush = 1;
constexpr std::uint64_t kDiscard = 4;

template <class T>
std::string Sector(const std::vector<T>& words) {
  std::string bytes(kSector, '\0');
  std::memcpy(bytes.data(), words.data(), words.size() * sizeof(T));
  return bytes;
}

std::string Entry(std::uint64_t sector, std::uint64_t sectors, std::uint64_t flags,
                  const std::string& data) {
  return Sector<std::uint64_t>({sector, sectors, flags, 0}) + data;
}

class Log {
 public:
  Log() {
    REQUIRE(mkdtemp(directory_.data()) != nullptr);
    std::ofstream(path(), std::ios::binary)
        << Sector<std::uint64_t>({0x6a736677736872, 1, 0, kSector})
        << Entry(1, 1, 0, std::string(kSector, 'a')) << Entry(2, 1, 0, std::string(kSector, 'b'))
        << Entry(0, 0, kFlush, "") << Entry(1, 1, 0, std::string(kSector, 'c'))
        << Entry(2, 1, kDiscard, "") << Entry(0, 0, kFlush, "");
  }

  ~Log() { std::filesystem::remove_all(directory_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  std::string path() const { return directory_ + "/log"; }

  // The first byte of each sector of a disk of three, after a cut.
  std::string Cut(std::size_t end, std::uint32_t seed) const {
    const std::string disk = directory_ + "/disk";
    std::ofstream(disk, std::ios::binary) << std::string(3 * kSector, '-');
    std::mt19937 random(seed);
    const auto log = BlockLog::Read(path());
    REQUIRE_THAT(log, IsOk());
    REQUIRE_THAT(log->CutPower(disk, end, random), IsOk());
    std::ifstream file(disk, std::ios::binary);
    std::string all(3 * kSector, ' ');
    file.read(all.data(), static_cast<std::streamsize>(all.size()));
    return {all[0], all[kSector], all[2 * kSector]};
  }

 private:
  std::string directory_ = "/tmp/block-log-XXXXXX";
};

TEST_CASE("block log: what was flushed is there, what was not may be") {
  const Log log;
  CHECK(log.Cut(0, 1) == "---");
  CHECK(log.Cut(3, 1) == "-ab");
  CHECK(log.Cut(6, 1) == std::string("-c\0", 3));
  bool kept = false;
  bool lost = false;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const std::string disk = log.Cut(4, seed);
    CHECK((disk == "-ab" || disk == "-cb"));
    kept = kept || disk == "-cb";
    lost = lost || disk == "-ab";
  }
  CHECK((kept && lost));
}

TEST_CASE("block log: an entry whose end is missing is left out, and no log is refused") {
  const Log log;
  CHECK(BlockLog::Read(log.path())->size() == 6);
  std::filesystem::resize_file(log.path(), 3 * kSector + 100);
  CHECK(BlockLog::Read(log.path())->size() == 1);
  std::filesystem::resize_file(log.path(), 10);
  CHECK(absl::IsInvalidArgument(BlockLog::Read(log.path()).status()));
}

}  // namespace
}  // namespace ichor::qemu
