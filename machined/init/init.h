// PID 1: one loop over everything that init does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/early/console.h"
#include "machined/init/machined_runner.h"
#include "machined/init/poll.h"
#include "machined/init/power_button.h"
#include "machined/init/processes.h"
#include "machined/init/protocol.h"
#include "machined/init/shutdown.h"
#include "machined/init/slot_guard.h"
#include "machined/init/teller.h"
#include "machined/init/watchdog_device.h"

namespace ichor::init {

// What is known at the start.
struct Facts {
  bool committed = true;         // the slot that runs
  std::string_view watchdog_fd;  // the number in WATCHDOG_FD
};

// Large, and made once: it holds all memory that init ever needs.
class Init {
 public:
  Init(const early::Console& console, const Facts& facts);

  // Serves for ever. Returns only if the kernel gives no epoll or signal descriptor.
  void Run();

 private:
  bool Open();
  void Turn();
  void Handle(const Ready& ready);
  void HandleSignals();
  void HandleMachined();
  void HandleRequest(std::span<const std::byte> message);
  void HandleStart(std::span<const std::byte> message);
  void HandleSignalRequest(const Signal& request);
  void HandleReboot(const Reboot& request);
  void AskedForPower(PowerCause cause);
  Nanoseconds CheckDeadlines(Nanoseconds now);
  void GoDown(RebootAction action, Nanoseconds grace);
  void RestartIf(bool shall);
  void SayCrashes() const;

  const early::Console& console_;
  Facts facts_;
  Poll poll_;
  early::Fd signals_;
  Processes processes_;
  Teller teller_;
  WatchdogDevice watchdog_;
  MachinedRunner machined_;
  Shutdown shutdown_;
  PowerButton button_;
  SlotGuard slot_;
  Reaped reaped_;
  PowerCause power_{};  // what somebody at the machine asked for and is not done
  Nanoseconds power_deadline_ = INT64_MAX;  // when init does it by itself
  std::array<std::byte, kMaxMessage> request_{};
};

}  // namespace ichor::init
