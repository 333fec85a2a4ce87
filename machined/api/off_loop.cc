#include "machined/api/off_loop.h"

#include <chrono>
#include <format>
#include <utility>

#include "absl/log/check.h"

namespace ichor::api {
namespace {

constexpr std::chrono::seconds kStuckAfter{30};

}  // namespace

OffLoop::OffLoop(const ApiContext& context, std::string name)
    : context_(context), name_(std::move(name)) {}

OffLoop::~OffLoop() {
  if (running()) {
    piece_->owner = nullptr;
  }
}

void OffLoop::Run(Work work, std::function<void(const absl::Status&)> on_stuck) {
  CHECK(!running());
  piece_ = std::make_shared<Piece>(this);
  const std::shared_ptr<Piece> piece = piece_;
  // The loop may be gone when the worker answers.
  const Executor::JobId job =
      context_.workers.Run(name_, [work = std::move(work), mailbox = context_.loop.mailbox(),
                                   loop = &context_.loop, piece]() mutable {
        mailbox->Post([then = work(), loop, piece]() mutable {
          if (std::exchange(piece->over, true)) {
            return;  // too late
          }
          loop->Cancel(piece->timer);
          if (piece->owner != nullptr) {
            piece->owner->piece_.reset();
            then();
          }
        });
      });
  piece->timer = context_.loop.RunAt(
      context_.clock.Monotonic() + kStuckAfter,
      [workers = &context_.workers, job, piece, name = name_, on_stuck = std::move(on_stuck)] {
        piece->over = true;
        workers->Replace(job);
        if (piece->owner != nullptr) {
          piece->owner->piece_.reset();
          on_stuck(absl::DeadlineExceededError(std::format("{}: no answer for 30 s", name)));
        }
      });
}

}  // namespace ichor::api
