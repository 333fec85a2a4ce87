// A stream of messages with containerd beside a call, which names it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "lib/rpc/stream.h"
#include "machined/containers/containerd.h"

namespace ichor {

// It stands from when `on_ready` says so until it is closed, or the connection is over. Loop's
// thread only.
class SideStream : public std::enable_shared_from_this<SideStream> {
 public:
  struct Listener {
    // Once: OK, or why there is no stream.
    absl::AnyInvocable<void(const std::shared_ptr<SideStream>&, const absl::Status&)> on_ready;
    // What containerd sends.
    std::function<void(SideStream&, const google::protobuf::Any&)> on_message;
    // containerd ended it after it was ready; not after Close.
    std::function<void()> on_end{};
  };

  static void Open(Containerd& containerd, Listener listener);
  SideStream(const SideStream&) = delete;
  SideStream& operator=(const SideStream&) = delete;

  // What calls name it by.
  const std::string& id() const { return id_; }

  // Does nothing once it is over.
  void Send(const google::protobuf::Message& message);
  // Says that no more is sent.
  void CloseSending();
  // Nothing is heard any more.
  void Close();

 private:
  class Call;

  explicit SideStream(Listener listener);
  void Take(const std::string& bytes);
  void End(const absl::Status& status);
  void Ready(const absl::Status& status);

  const std::string id_;
  Listener listener_;
  bool ready_ = false;
  rpc::Stream* stream_ = nullptr;  // while its call lives
};

}  // namespace ichor
