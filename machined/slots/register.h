// Slots on trial, and how they are committed: wiring.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/file_systems.h"
#include "lib/sys/sysfs.h"
#include "machined/slots/trial.h"

namespace ichor {

// All must outlive the runtime; `file_systems`, the process: a worker may hang in them.
struct SlotContext {
  Runtime& runtime;
  Loop& loop;
  const base::Clock& clock;
  sys::FileSystems& file_systems;
  // Says to init that the slot is committed; called on a worker. An error is tried again.
  std::function<absl::Status()> tell_init;
};

// From /system/run/boot. Blocks for small reads in memory.
SlotFacts ReadSlotFacts(sys::Sysfs& sysfs);

// Registers what judges and what commits. The caller keeps the answer as long as the runtime runs,
// and calls its OnSettled after each settle.
std::unique_ptr<SlotTrial> RegisterSlots(const SlotContext& context, const SlotFacts& facts);

}  // namespace ichor
