// When and how machined is started again: design.md 2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ichor::init {

// Times are nanoseconds of CLOCK_BOOTTIME.
using Nanoseconds = std::int64_t;
inline constexpr Nanoseconds kSecond = 1'000'000'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;

// What happens after machined ended.
struct Restart {
  bool reboot = false;           // the slot is uncommitted and machined cannot run in it
  bool crash_loop = false;       // the limit was reached now, or was before
  bool last_known_good = false;  // start it with --last-known-good
  bool no_checkpoint = false;    // start it with --no-checkpoint
  Nanoseconds delay = 0;         // from now to the start
};

// A pure function of the ends so far. The delay is 100 ms at first, doubled with each end up to 5
// s, and 100 ms again after a run of a minute. The third end in a row without such a run sets the
// checkpoint aside. Six ends within 60 s are a crash loop: a reboot in an uncommitted slot; in a
// committed one the last known good config, until the next boot, and starts 60 s apart for as long
// as it goes on.
class RestartPolicy {
 public:
  static constexpr std::size_t kCrashLoopEnds = 6;
  static constexpr Nanoseconds kCrashLoopTime = 60 * kSecond;

  // machined, started at `started`, ended at `now`.
  Restart Ended(Nanoseconds started, Nanoseconds now, bool committed);

 private:
  std::array<Nanoseconds, kCrashLoopEnds> ends_{};  // of the last ends, as a ring
  std::size_t count_ = 0;                           // of all ends
  unsigned in_a_row_ = 0;
  bool last_known_good_ = false;
};

}  // namespace ichor::init
