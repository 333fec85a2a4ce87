// The slot that was booted, and the time that it is on trial.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// What stage 1 and earlier runs of machined say of the slot: docs/boot.md.
struct SlotFacts {
  std::string slot;  // A, B or ram; empty: unknown
  std::string firmware;
  bool on_trial = false;
};

// A source of BootSlot, and of SlotCommit once SlotHealth has said "healthy" for kHealthyTime
// without a break. A wish to commit stands until the machine goes down. Loop's thread only.
class SlotTrial {
 public:
  static constexpr std::chrono::seconds kHealthyTime{60};

  // All must outlive the trial.
  SlotTrial(Runtime& runtime, Loop& loop, const base::Clock& clock, SlotFacts facts);
  SlotTrial(const SlotTrial&) = delete;
  SlotTrial& operator=(const SlotTrial&) = delete;

  // To be called after each settle; cheap.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "slots.trial";

  void Publish();
  void Judge();
  void Wish();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<SlotTrial*> self_ = std::make_shared<SlotTrial*>(this);
  SlotFacts facts_;
  std::optional<Loop::TimerId> timer_;  // runs while the slot is healthy
  bool wished_ = false;
};

}  // namespace ichor
