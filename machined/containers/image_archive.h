// Archives of images, on their way into containerd.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "lib/runtime/loop.h"
#include "machined/api/container_directory.h"
#include "machined/containers/containerd.h"
#include "machined/containers/side_stream.h"

namespace ichor {

// One archive: an OCI layout or what `docker save` writes, compressed or not. containerd reads it
// from a stream, keeps what is for this machine's architecture and unpacks it. Loop's thread only.
class ImageArchive : public api::ImageImport {
 public:
  struct Listener {
    // It is full no more.
    std::function<void()> on_room;
    // Once: the name of the first image, "import@sha256:…" if the archive does not name it. Errors
    // are containerd's. It may destroy the archive.
    Containerd::Done<std::string> on_done;
  };

  // `loop` must outlive it.
  ImageArchive(Loop& loop, Listener listener) : loop_(loop), listener_(std::move(listener)) {}
  ~ImageArchive() override;
  ImageArchive(const ImageArchive&) = delete;
  ImageArchive& operator=(const ImageArchive&) = delete;

  // Once: a connection for this alone, or why there is none. It ends with this: containerd would
  // take the end of nothing but the stream for that of the archive.
  void Begin(absl::StatusOr<std::unique_ptr<Containerd>> containerd);

  void Write(std::string bytes) override;
  bool full() const override { return waiting_bytes_ > kMaxWaitingBytes; }
  void End() override;

  // Expires with this.
  std::weak_ptr<const bool> alive() const { return alive_; }

 private:
  static constexpr size_t kMaxWaitingBytes = 256 << 10;

  // `f`, which does nothing once this is gone.
  template <class F>
  auto WhileAlive(F f);

  // A stream, which goes to `next`; what comes on it to `on_message`.
  void OpenStream(std::function<void(const std::shared_ptr<SideStream>&)> next,
                  std::function<void(const google::protobuf::Any&)> on_message,
                  std::function<void()> on_end);
  void BeginTransfer();
  void Send();
  void Answer(const absl::StatusOr<std::string>& answer);
  void AnswerIfDone();

  Loop& loop_;
  Listener listener_;
  std::unique_ptr<Containerd> containerd_;
  std::deque<std::string> waiting_;
  size_t waiting_bytes_ = 0;
  bool ended_ = false;
  std::int64_t window_ = 0;  // bytes that containerd has room for
  std::shared_ptr<SideStream> data_;
  std::shared_ptr<SideStream> progress_;
  bool progress_over_ = false;
  bool transferred_ = false;
  std::string name_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ichor
