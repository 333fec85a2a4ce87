#include "machined/init/shutdown.h"

#include <sys/reboot.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "machined/init/unmount.h"

namespace ichor::init {
namespace {

constexpr Nanoseconds kKillTime = 5 * kSecond;      // for what is in an uninterruptible sleep
constexpr Nanoseconds kUnmountTime = 30 * kSecond;  // facts/boot.md 2

int Command(RebootAction action) {
  switch (action) {
    case RebootAction::kPowerOff:
      return RB_POWER_OFF;
    case RebootAction::kHalt:
      return RB_HALT_SYSTEM;
    case RebootAction::kRestart:
      break;
  }
  return RB_AUTOBOOT;
}

}  // namespace

void Shutdown::Begin(RebootAction action, Nanoseconds grace, Nanoseconds now) {
  if (phase_ == Phase::kTerminating) deadline_ = std::min(deadline_, now + grace);
  if (phase_ != Phase::kUp) return;
  action_ = action;
  phase_ = Phase::kTerminating;
  deadline_ = now + grace;
  console_.Say(early::Level::kNotice,
               {"going down: ", action == RebootAction::kRestart    ? "restart"
                                : action == RebootAction::kPowerOff ? "power off"
                                                                    : "halt"});
  if (grace > 0) ::kill(-1, SIGTERM);
}

Nanoseconds Shutdown::Advance(Nanoseconds now, bool none_left) {
  if (phase_ == Phase::kTerminating && (none_left || now >= deadline_)) {
    ::kill(-1, SIGKILL);
    phase_ = Phase::kKilling;
    deadline_ = now + kKillTime;
  }
  if (phase_ == Phase::kKilling && (none_left || now >= deadline_)) {
    if (!none_left) console_.Error({"processes are left that do not end"});
    StartUnmounting(now);
    return deadline_;
  }
  if (phase_ == Phase::kUnmounting && (none_left || now >= deadline_)) {
    if (now >= deadline_) console_.Error({"writing out the disks takes too long: not waited for"});
    Finish();
  }
  return phase_ == Phase::kUp ? INT64_MAX : deadline_;
}

void Shutdown::StartUnmounting(Nanoseconds now) {
  phase_ = Phase::kUnmounting;
  deadline_ = now + kUnmountTime;
  const pid_t pid = ::fork();
  if (pid == 0) UnmountAllAndExit();
  if (pid < 0) {
    console_.Error({"unmount: ", early::ErrorText(errno)});
    deadline_ = now;
  }
}

void Shutdown::Finish() {
  if (action_ != RebootAction::kRestart) watchdog_.Disarm();
  ::reboot(Command(action_));
  // Only a kernel that cannot gets here. PID 1 that ends is a panic, and that restarts the machine.
  console_.Error({"reboot: ", early::ErrorText(errno)});
  ::_exit(1);
}

}  // namespace ichor::init
