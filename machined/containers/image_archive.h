// Archives of images, on their way into containerd.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "machined/containers/containerd.h"
#include "machined/containers/side_stream.h"

namespace ichor {

// One archive: an OCI layout or what `docker save` writes, compressed or not. containerd reads it
// from a stream, keeps what is for this machine's architecture and unpacks it. Loop's thread only.
class ImageArchive {
 public:
  struct Listener {
    // It is full no more.
    std::function<void()> on_room;
    // Once: the name of the first image, "import@sha256:…" if the archive does not name it. Errors
    // are containerd's. It may destroy the archive.
    Containerd::Done<std::string> on_done;
  };

  explicit ImageArchive(Listener listener) : listener_(std::move(listener)) {}
  ImageArchive(const ImageArchive&) = delete;
  ImageArchive& operator=(const ImageArchive&) = delete;

  // Once. `containerd` is for this alone, outlives it, and ends with it: the end of nothing but the
  // stream would be that of the archive.
  void Begin(Containerd& containerd);
  // It cannot begin.
  void Fail(const absl::Status& status) { Answer(status); }

  // The next bytes, which wait in memory until containerd reads them.
  void Write(std::string bytes);
  // So much waits that the writer should too.
  bool full() const { return waiting_bytes_ > kMaxWaitingBytes; }
  // There are no more.
  void End();

 private:
  static constexpr size_t kMaxWaitingBytes = 256 << 10;

  // `f`, which does nothing once this is gone.
  template <class F>
  auto WhileAlive(F f);

  // A stream, which goes to `next`; what comes on it to `on_message`.
  void OpenStream(Containerd& containerd,
                  std::function<void(const std::shared_ptr<SideStream>&)> next,
                  std::function<void(const google::protobuf::Any&)> on_message,
                  std::function<void()> on_end);
  void BeginTransfer(Containerd& containerd);
  void Send();
  void Answer(const absl::StatusOr<std::string>& answer);
  void AnswerIfDone();

  Listener listener_;
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
