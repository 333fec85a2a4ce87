// The way down.
#pragma once

#include <cstdint>

#include "lib/early/console.h"
#include "machined/init/protocol.h"
#include "machined/init/restarts.h"
#include "machined/init/watchdog_device.h"

namespace ichor::init {

// SIGTERM to all, SIGKILL to all, sync and unmount in a child, reboot(2): each step has its time,
// so that neither a process nor a disk that hangs can stop it.
class Shutdown {
 public:
  Shutdown(const early::Console& console, WatchdogDevice& watchdog)
      : console_(console), watchdog_(watchdog) {}

  bool Going() const { return phase_ != Phase::kUp; }

  // Begins, or shortens the time until SIGKILL if it has begun; the action of the first call
  // counts.
  void Begin(RebootAction action, Nanoseconds grace, Nanoseconds now);

  // Goes on as far as it can; `none_left`: init has no child. Returns when to call again; INT64_MAX
  // when not going. Does not return from the last step.
  Nanoseconds Advance(Nanoseconds now, bool none_left);

 private:
  enum class Phase : std::uint8_t { kUp, kTerminating, kKilling, kUnmounting };

  void StartUnmounting(Nanoseconds now);
  [[noreturn]] void Finish();

  const early::Console& console_;
  WatchdogDevice& watchdog_;
  Phase phase_ = Phase::kUp;
  RebootAction action_ = RebootAction::kRestart;
  Nanoseconds deadline_ = INT64_MAX;
};

}  // namespace ichor::init
