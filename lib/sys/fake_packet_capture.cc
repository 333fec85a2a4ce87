#include "lib/sys/fake_packet_capture.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <format>
#include <utility>

#include "lib/base/unique_fd.h"

namespace ichor::sys {

class FakePacketCaptures::Capture : public PacketCapture {
 public:
  Capture(FakePacketCaptures& captures, const CaptureOptions& options)
      : captures_(captures), options_(options) {
    captures_.captures_.push_back(this);
  }
  ~Capture() override { std::erase(captures_.captures_, this); }

  FrameFormat format() const override { return captures_.links.at(options_.link); }
  int fd() const override { return fd_.get(); }

  absl::StatusOr<std::optional<CapturedFrame>> Next() override {
    if (frames_.empty()) {
      std::uint64_t count = 0;
      static_cast<void>(read(fd_.get(), &count, sizeof count));
      return std::nullopt;
    }
    CapturedFrame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }

  void Add(const std::string& link, CapturedFrame frame) {
    if (link == options_.link) {
      frame.bytes.resize(std::min<size_t>(frame.bytes.size(), options_.snap_bytes));
      frames_.push_back(std::move(frame));
      const std::uint64_t one = 1;
      static_cast<void>(!write(fd_.get(), &one, sizeof one));
    }
  }

 private:
  FakePacketCaptures& captures_;
  const CaptureOptions options_;
  std::deque<CapturedFrame> frames_;
  const base::UniqueFd fd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

FakePacketCaptures::FakePacketCaptures() = default;
FakePacketCaptures::~FakePacketCaptures() = default;

absl::StatusOr<std::unique_ptr<PacketCapture>> FakePacketCaptures::Open(
    const CaptureOptions& options) {
  if (!links.contains(options.link)) {
    return absl::NotFoundError(std::format("no link \"{}\"", options.link));
  }
  opened.push_back(options);
  return std::make_unique<Capture>(*this, options);
}

void FakePacketCaptures::Add(const std::string& link, const CapturedFrame& frame) {
  for (Capture* capture : captures_) {
    capture->Add(link, frame);
  }
}

}  // namespace ichor::sys
