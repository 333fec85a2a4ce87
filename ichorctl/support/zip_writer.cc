#include "ichorctl/support/zip_writer.h"

#include <zlib.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/log/check.h"

namespace ichor::ctl {
namespace {

constexpr std::uint32_t kFileMagic = 0x04034b50;
constexpr std::uint32_t kEntryMagic = 0x02014b50;
constexpr std::uint32_t kEndMagic = 0x06054b50;
constexpr std::uint16_t kVersion = 20;     // 2.0: folders and deflate
constexpr std::uint16_t kMadeBy = 3 << 8;  // a Unix, whose modes are the attributes
constexpr std::uint16_t kUtf8 = 1 << 11;   // a flag: names are UTF-8
constexpr std::uint16_t kDeflate = 8;
constexpr std::uint32_t kMode = 0100600U << 16;

std::string Bytes16(std::uint16_t value) {
  return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8)};
}

std::string Bytes32(std::uint32_t value) {
  return Bytes16(static_cast<std::uint16_t>(value & 0xffff)) +
         Bytes16(static_cast<std::uint16_t>(value >> 16));
}

// Two seconds are the smallest step; 1980 is the first year.
std::string DosTime(base::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto two_bytes = [](auto high, auto middle, auto low) {
    return Bytes16(static_cast<std::uint16_t>(high | middle | low));
  };
  return two_bytes(clock.hours().count() << 11, clock.minutes().count() << 5,
                   clock.seconds().count() / 2) +
         two_bytes((static_cast<int>(date.year()) - 1980) << 9,
                   static_cast<unsigned>(date.month()) << 5, static_cast<unsigned>(date.day()));
}

// Without zlib's header.
std::string Deflate(std::string_view contents) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, contents.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
  stream.avail_in = static_cast<uInt>(contents.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

ZipWriter::ZipWriter(base::WallTime time) : time_(DosTime(time)) {}

void ZipWriter::Add(std::string_view path, std::string_view contents) {
  CHECK(path.size() <= std::numeric_limits<std::uint16_t>::max());
  CHECK(contents.size() <= std::numeric_limits<std::uint32_t>::max());
  const std::string packed = Deflate(contents);
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(contents.data()), static_cast<uInt>(contents.size()));
  const std::string facts = Bytes16(kVersion) + Bytes16(kUtf8) + Bytes16(kDeflate) + time_ +
                            Bytes32(static_cast<std::uint32_t>(sum)) +
                            Bytes32(static_cast<std::uint32_t>(packed.size())) +
                            Bytes32(static_cast<std::uint32_t>(contents.size())) +
                            Bytes16(static_cast<std::uint16_t>(path.size())) + Bytes16(0);
  // After the facts: comment, disk, what kind of text it is, mode, where the file is.
  directory_ += Bytes32(kEntryMagic) + Bytes16(kMadeBy | kVersion) + facts + Bytes16(0) +
                Bytes16(0) + Bytes16(0) + Bytes32(kMode) +
                Bytes32(static_cast<std::uint32_t>(archive_.size()));
  directory_ += path;
  archive_ += Bytes32(kFileMagic) + facts;
  archive_ += path;
  archive_ += packed;
  ++files_;
}

std::string ZipWriter::Finish() && {
  const std::string end = Bytes32(kEndMagic) + Bytes16(0) + Bytes16(0) + Bytes16(files_) +
                          Bytes16(files_) + Bytes32(static_cast<std::uint32_t>(directory_.size())) +
                          Bytes32(static_cast<std::uint32_t>(archive_.size())) + Bytes16(0);
  return std::move(archive_) + directory_ + end;
}

}  // namespace ichor::ctl
