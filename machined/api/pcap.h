// The file format of libpcap, which tcpdump reads: draft-ietf-opsawg-pcap.
#pragma once

#include <cstdint>
#include <string>

#include "lib/sys/packet_capture.h"

namespace ichor::api {

// What a file begins with.
std::string PcapHeader(sys::FrameFormat format, std::uint32_t snap_bytes);

// A frame in it. Times are cut to microseconds.
std::string PcapRecord(const sys::CapturedFrame& frame);

}  // namespace ichor::api
