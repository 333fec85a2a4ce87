// A call's blocking work, on a worker, one piece at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "machined/api/context.h"

namespace ichor::api {

// Loop's thread only. When it is destroyed, what a worker still answers is dropped.
class OffLoop {
 public:
  // Runs on a worker; what it returns runs on the loop, where it may touch the call again.
  using Work = absl::AnyInvocable<Task()>;

  // `context` must outlive this. `name` says in logs whose work it is.
  OffLoop(const ApiContext& context, std::string name);
  ~OffLoop();
  OffLoop(const OffLoop&) = delete;
  OffLoop& operator=(const OffLoop&) = delete;

  // Begins `work`; none may be under way. If the worker does not come back within 30 s it is
  // replaced, and `on_stuck` is called with DeadlineExceeded, on the loop.
  void Run(Work work, std::function<void(const absl::Status&)> on_stuck);

  bool running() const { return piece_ != nullptr; }

 private:
  // One piece of work; on the loop's thread only. Outlives the owner while a worker has it: a
  // worker that hangs is replaced, whether somebody still waits for it or not.
  struct Piece {
    OffLoop* owner;  // null: nobody waits any more
    Loop::TimerId timer;
    bool over = false;
  };

  const ApiContext& context_;
  const std::string name_;
  std::shared_ptr<Piece> piece_;  // under way, or null
};

}  // namespace ichor::api
