#include "machined/api/pcap.h"

#include <chrono>
#include <initializer_list>

namespace ichor::api {
namespace {

constexpr std::uint32_t kMagic = 0xa1b2c3d4;  // with microseconds
constexpr std::uint32_t kVersion = 2 | (4 << 16);
constexpr std::uint32_t kEthernet = 1;  // LINKTYPE_ETHERNET
constexpr std::uint32_t kIp = 101;      // LINKTYPE_RAW

// Little-endian, as the magic number then tells.
std::string Numbers(std::initializer_list<std::uint32_t> numbers) {
  std::string bytes;
  for (const std::uint32_t number : numbers) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(number >> shift));
    }
  }
  return bytes;
}

}  // namespace

std::string PcapHeader(sys::FrameFormat format, std::uint32_t snap_bytes) {
  return Numbers({kMagic, kVersion, 0, 0, snap_bytes,
                  format == sys::FrameFormat::kEthernet ? kEthernet : kIp});
}

std::string PcapRecord(const sys::CapturedFrame& frame) {
  using std::chrono::duration_cast;
  const auto since = frame.time.time_since_epoch();
  const auto seconds = duration_cast<std::chrono::seconds>(since);
  const auto rest = duration_cast<std::chrono::microseconds>(since - seconds);
  return Numbers({static_cast<std::uint32_t>(seconds.count()),
                  static_cast<std::uint32_t>(rest.count()),
                  static_cast<std::uint32_t>(frame.bytes.size()), frame.original_bytes}) +
         frame.bytes;
}

}  // namespace ichor::api
