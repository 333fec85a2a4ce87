// One node that was told to stop or to start again, and its events.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichorctl/look/lines.h"
#include "ichorctl/nodes/access.h"
#include "ichorctl/nodes/connect.h"
#include "lib/base/clock.h"
#include "lib/rpc/client.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

class TrackedNode {
 public:
  // All must outlive it.
  TrackedNode(Session& session, const Access& access, std::string name)
      : session_(session), access_(access), name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  // Connects if there is no connection, and opens the stream of events if there is none: with all
  // that the node still has, or with those from now on. Then the node has answered. Unavailable if
  // it does not. Blocks; runs the session's loop.
  absl::Status Listen(bool with_past);
  bool listening() const { return stream_ != nullptr && !stream_->over; }

  // From the next Listen on, the kernel's log is written to standard error, a line for each line.
  void ShowKernelLog() { kernel_log_ = std::make_unique<LineWriter>(session_.err); }

  // The events that came since the last call.
  std::vector<machine::Event> TakeEvents();

  // One call with one reply; Unavailable after `patience`. Blocks; runs the session's loop.
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   std::chrono::seconds patience);

  // Which boot this is; nothing if we may not know. Errors as Call.
  absl::StatusOr<std::optional<std::string>> BootId();

 private:
  struct Stream {
    std::vector<machine::Event> events;
    bool answered = false;
    bool over = false;
    absl::Status status{};
  };

  absl::Status Connect();
  void FollowKernelLog();
  void RunUntil(base::MonotonicTime deadline, const std::function<bool()>& done);

  Session& session_;
  const Access& access_;
  const std::string name_;
  Connected connected_;
  std::shared_ptr<Stream> stream_;
  std::unique_ptr<LineWriter> kernel_log_;  // null: not shown
};

}  // namespace ichor::ctl
