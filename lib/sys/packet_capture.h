// Frames that a link sends and receives, for those who look at the traffic. See packet(7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"

namespace ichor::sys {

// An instruction of the classic BPF; the kernel's sock_filter.
struct BpfInstruction {
  std::uint16_t code = 0;
  std::uint8_t jump_true = 0;
  std::uint8_t jump_false = 0;
  std::uint32_t operand = 0;
};

struct CaptureOptions {
  std::string link;                    // its name
  bool promiscuous = false;            // what others on the segment send each other, too
  std::uint32_t snap_bytes = 262'144;  // at most so much of each frame
  std::vector<BpfInstruction> filter;  // says which frames; empty: all
};

// What a frame begins with.
enum class FrameFormat : std::uint8_t { kEthernet, kIp };

struct CapturedFrame {
  base::WallTime time;
  std::string bytes;
  std::uint32_t original_bytes = 0;
};

// Ends with its destruction. The kernel keeps a few megabytes of what is not taken in time, and
// drops the rest.
class PacketCapture {
 public:
  virtual ~PacketCapture() = default;

  virtual FrameFormat format() const = 0;

  // The next frame; nothing if there is none now. VLAN tags are where they are on the wire.
  // FailedPrecondition if the link is gone or down. Does not block.
  virtual absl::StatusOr<std::optional<CapturedFrame>> Next() = 0;

  // Readable (EPOLLIN) when there is a frame. Stays the capture's.
  virtual int fd() const = 0;
};

class PacketCaptures {
 public:
  virtual ~PacketCaptures() = default;

  // Does not block. NotFound if there is no such link; InvalidArgument if the kernel takes no such
  // filter; Unimplemented for links that carry neither Ethernet nor IP; PermissionDenied without
  // CAP_NET_RAW.
  virtual absl::StatusOr<std::unique_ptr<PacketCapture>> Open(const CaptureOptions& options) = 0;
};

}  // namespace ichor::sys
