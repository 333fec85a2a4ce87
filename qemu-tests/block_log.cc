#include "qemu-tests/block_log.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace ichor::qemu {
namespace {

static_assert(std::endian::native == std::endian::little, "as the log is");

constexpr std::uint64_t kMagic = 0x6a736677736872;
constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kFlush = 1;
constexpr std::uint64_t kFua = 2;
constexpr std::uint64_t kDiscard = 4;

struct SuperBlock {
  std::uint64_t magic;
  std::uint64_t version;
  std::uint64_t entries;  // stale after the last flush: not relied on
  std::uint32_t sector_bytes;
};

struct RawEntry {
  std::uint64_t sector;
  std::uint64_t sectors;
  std::uint64_t flags;
  std::uint64_t mark_bytes;  // of marks alone, which QEMU does not make
};

template <class T>
bool ReadAt(std::ifstream& file, std::uint64_t offset, T& value) {
  std::array<char, sizeof(T)> bytes{};
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(bytes.data(), bytes.size());
  std::memcpy(&value, bytes.data(), sizeof(T));
  return static_cast<bool>(file);
}

}  // namespace

absl::StatusOr<BlockLog> BlockLog::Read(const std::string& path) {
  std::error_code error;
  const std::uint64_t end = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  SuperBlock super{};
  if (error || !ReadAt(file, 0, super) || super.magic != kMagic || super.version != kVersion ||
      super.sector_bytes < sizeof(RawEntry)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no log of writes"));
  }
  BlockLog log(path);
  const std::uint64_t unit = super.sector_bytes;
  std::uint64_t at = unit;
  RawEntry raw{};
  while (at + unit <= end && ReadAt(file, at, raw)) {
    const bool discard = (raw.flags & kDiscard) != 0;
    const std::uint64_t data = discard ? 0 : raw.sectors * unit;
    const bool nothing = raw.flags == 0 && raw.sectors == 0;
    if (nothing || at + unit + data > end) {
      break;
    }
    log.entries_.push_back({.offset = raw.sector * unit,
                            .size = raw.sectors * unit,
                            .data = at + unit,
                            .flush = (raw.flags & kFlush) != 0,
                            .durable = (raw.flags & kFua) != 0,
                            .discard = discard});
    at += unit + data;
  }
  return log;
}

absl::Status BlockLog::CutPower(const std::string& disk, std::size_t end,
                                std::mt19937& random) const {
  std::vector<Entry> order(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(end));
  const auto last = std::ranges::find_last_if(order, &Entry::flush);
  const auto open = last.empty() ? order.begin() : last.begin() + 1;
  std::vector<Entry> kept;
  std::copy_if(open, order.end(), std::back_inserter(kept), [&](const Entry& entry) {
    return entry.durable || std::bernoulli_distribution(0.5)(random);
  });
  std::ranges::shuffle(kept, random);
  order.erase(open, order.end());
  order.insert(order.end(), kept.begin(), kept.end());

  std::ifstream log(path_, std::ios::binary);
  std::fstream target(disk, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes;
  for (const Entry& entry : order) {
    bytes.assign(entry.size, '\0');
    if (!entry.discard) {
      log.seekg(static_cast<std::streamoff>(entry.data));
      log.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    target.seekp(static_cast<std::streamoff>(entry.offset));
    target.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  target.flush();
  return log && target ? absl::OkStatus()
                       : absl::DataLossError(absl::StrCat("from ", path_, " to ", disk));
}

}  // namespace ichor::qemu
