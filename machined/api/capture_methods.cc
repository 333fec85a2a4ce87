#include <sys/epoll.h>

#include <format>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/common.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/files/message_source.h"
#include "machined/api/pcap.h"

namespace ichor::api {
namespace {

constexpr size_t kAheadBytes = 256 << 10;  // sent ahead of what the transport takes
constexpr int kFramesAtOnce = 64;          // so that a flood leaves the loop its turns

absl::StatusOr<sys::CaptureOptions> OptionsOf(const machine::PacketCaptureRequest& request) {
  sys::CaptureOptions options;
  options.link = request.interface();
  options.promiscuous = request.promiscuous();
  if (request.snap_len() != 0) {
    options.snap_bytes = std::min(request.snap_len(), options.snap_bytes);
  }
  for (const machine::BPFInstruction& instruction : request.bpf_filter()) {
    if (instruction.op() > std::numeric_limits<std::uint16_t>::max() ||
        instruction.jt() > std::numeric_limits<std::uint8_t>::max() ||
        instruction.jf() > std::numeric_limits<std::uint8_t>::max()) {
      return absl::InvalidArgumentError(std::format(
          "filter: instruction {} has a field that is too large", options.filter.size()));
    }
    options.filter.push_back({.code = static_cast<std::uint16_t>(instruction.op()),
                              .jump_true = static_cast<std::uint8_t>(instruction.jt()),
                              .jump_false = static_cast<std::uint8_t>(instruction.jf()),
                              .operand = instruction.k()});
  }
  return options;
}

// Frames until the client goes. While it does not read, they stay with the kernel, which drops what
// is too much.
class CaptureCall : public rpc::Call {
 public:
  CaptureCall(const ApiContext& context, rpc::Stream& stream)
      : context_(context), stream_(stream) {}
  ~CaptureCall() override { Unwatch(); }

  void OnMessage(std::string message) override {
    if (const absl::Status begun = Begin(message); !begun.ok()) {
      stream_.Finish(begun);
    }
  }

  void OnWritable() override {
    if (capture_ != nullptr) {
      Watch();
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Begin(const std::string& message) {
    machine::PacketCaptureRequest request;
    RETURN_IF_ERROR(ParseRequest(message, request));
    ASSIGN_OR_RETURN(const sys::CaptureOptions options, OptionsOf(request));
    ASSIGN_OR_RETURN(capture_, context_.captures.Open(options));
    Send(PcapHeader(capture_->format(), options.snap_bytes));
    Watch();
    return absl::OkStatus();
  }

  void Take() {
    for (int i = 0; i < kFramesAtOnce; ++i) {
      if (stream_.buffered_bytes() >= kAheadBytes) {
        return Unwatch();  // until there is room
      }
      const absl::StatusOr<std::optional<sys::CapturedFrame>> next = capture_->Next();
      if (!next.ok()) {
        return End(next.status());
      }
      const std::optional<sys::CapturedFrame>& frame = *next;
      if (!frame.has_value()) {
        return;
      }
      Send(PcapRecord(*frame));
    }
  }

  void Send(const std::string& bytes) {
    std::vector<std::string> messages;
    AppendData(bytes, messages);
    for (const std::string& message : messages) {
      stream_.Send(message);
    }
  }

  void Watch() {
    if (std::exchange(watched_, true)) {
      return;
    }
    const absl::Status added =
        context_.loop.poller().Add(capture_->fd(), EPOLLIN, [this](std::uint32_t) { Take(); });
    if (!added.ok()) {
      watched_ = false;
      End(added);
    }
  }

  void Unwatch() {
    if (std::exchange(watched_, false)) {
      context_.loop.poller().Remove(capture_->fd());
    }
  }

  void End(const absl::Status& status) {
    Unwatch();
    capture_ = nullptr;
    stream_.Finish(status);
  }

  const ApiContext& context_;
  rpc::Stream& stream_;
  std::unique_ptr<sys::PacketCapture> capture_;
  bool watched_ = false;
};

}  // namespace

void AddCaptureMethods(Methods& methods) {
  methods.Add("/machine.MachineService/PacketCapture",
              [&context = methods.context()](rpc::Stream& stream) {
                return std::make_unique<CaptureCall>(context, stream);
              });
}

}  // namespace ichor::api
