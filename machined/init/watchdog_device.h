// The hardware watchdog: linux/watchdog.h. Once armed it resets the machine unless it is fed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/early/fd.h"
#include "machined/init/protocol.h"
#include "machined/init/restarts.h"

namespace ichor::init {

class WatchdogDevice {
 public:
  static constexpr std::uint32_t kTimeoutSeconds = 60;
  static constexpr std::uint32_t kFeedSeconds = 15;

  // Takes over what stage 1 armed; `text` is the value of WATCHDOG_FD, empty if there is none.
  void Inherit(std::string_view text, Nanoseconds now);

  // Does what a request says, in full or not at all; the state says which. A device other than the
  // armed one is opened and fed beside stage 1's, which is never let go.
  WatchdogState Set(const Watchdog& request, Nanoseconds now);

  // What is armed; the error is 0.
  WatchdogState State() const;

  // Feeds what is due. Returns when to call again; INT64_MAX without a watchdog.
  Nanoseconds Feed(Nanoseconds now);

  // Lets the watchdogs go, for a machine that shall stay down. Best effort: some cannot be.
  void Disarm();

 private:
  early::Fd inherited_;  // stage 1's
  early::Fd other_;      // a device that a request named
  std::array<char, 64> other_name_{};
  std::uint32_t timeout_s_ = kTimeoutSeconds;
  std::uint32_t feed_s_ = kFeedSeconds;
  Nanoseconds next_ = 0;
};

}  // namespace ichor::init
