#include "machined/containers/side_stream.h"

#include <span>
#include <utility>

#include "containerd/streaming.pb.h"
#include "lib/base/hex.h"
#include "lib/base/random.h"

namespace ichor {
namespace {

constexpr size_t kIdBytes = 8;

std::string NewId() {
  const std::string bytes = base::RandomBytes(kIdBytes);
  return "ichor-" + base::Hex(std::as_bytes(std::span(bytes)));
}

}  // namespace

// Keeps the stream until its end.
class SideStream::Call : public rpc::Call {
 public:
  Call(std::shared_ptr<SideStream> owner, std::weak_ptr<const bool> alive)
      : owner_(std::move(owner)), alive_(std::move(alive)) {}
  ~Call() override { owner_->stream_ = nullptr; }

  void OnMessage(std::string message) override { owner_->Take(message); }
  void OnEnd(const absl::Status& status) override {
    owner_->stream_ = nullptr;
    if (!alive_.expired()) {
      owner_->End(status);
    }
  }

 private:
  const std::shared_ptr<SideStream> owner_;
  const std::weak_ptr<const bool> alive_;
};

SideStream::SideStream(Listener listener) : id_(NewId()), listener_(std::move(listener)) {}

void SideStream::Open(Containerd& containerd, Listener listener) {
  const std::shared_ptr<SideStream> self(new SideStream(std::move(listener)));
  containerd.OpenStream("/containerd.services.streaming.v1.Streaming/Stream",
                        [&self, &containerd](rpc::Stream& stream) {
                          self->stream_ = &stream;
                          return std::make_unique<Call>(self, containerd.alive());
                        });
  containerd::services::streaming::v1::StreamInit init;
  init.set_id(self->id_);
  self->Send(init);
}

void SideStream::Send(const google::protobuf::Message& message) {
  if (stream_ != nullptr) {
    stream_->Send(Packed(message).SerializeAsString());
  }
}

void SideStream::CloseSending() {
  if (stream_ != nullptr) {
    stream_->CloseSending();
  }
}

void SideStream::Close() {
  if (rpc::Stream* const stream = std::exchange(stream_, nullptr); stream != nullptr) {
    stream->Cancel();
  }
}

// The first message says that containerd knows the stream by its name.
void SideStream::Take(const std::string& bytes) {
  google::protobuf::Any message;
  if (!ready_) {
    Ready(absl::OkStatus());
  } else if (message.ParseFromString(bytes)) {
    listener_.on_message(*this, message);
  }
}

void SideStream::End(const absl::Status& status) {
  if (!ready_) {
    Ready(status.ok() ? absl::UnavailableError("containerd ended a stream") : status);
  } else if (listener_.on_end != nullptr) {
    listener_.on_end();
  }
}

void SideStream::Ready(const absl::Status& status) {
  if (!std::exchange(ready_, true)) {
    listener_.on_ready(shared_from_this(), status);
  }
}

}  // namespace ichor
