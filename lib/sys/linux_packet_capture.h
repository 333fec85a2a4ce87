// Captures in the network namespace of this process.
#pragma once

#include <memory>

#include "lib/sys/packet_capture.h"

namespace ichor::sys {

class LinuxPacketCaptures : public PacketCaptures {
 public:
  absl::StatusOr<std::unique_ptr<PacketCapture>> Open(const CaptureOptions& options) override;
};

}  // namespace ichor::sys
