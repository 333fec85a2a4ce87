// Links whose traffic a test makes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/sys/packet_capture.h"

namespace ichor::sys {

class FakePacketCaptures : public PacketCaptures {
 public:
  FakePacketCaptures();
  ~FakePacketCaptures() override;

  absl::StatusOr<std::unique_ptr<PacketCapture>> Open(const CaptureOptions& options) override;

  // Adds a frame for the captures that are open on the link.
  void Add(const std::string& link, const CapturedFrame& frame);

  std::map<std::string, FrameFormat> links;  // by name
  std::vector<CaptureOptions> opened;        // with what, in order
  size_t open() const { return captures_.size(); }

 private:
  class Capture;
  std::vector<Capture*> captures_;
};

}  // namespace ichor::sys
