#include "machined/init/restarts.h"

#include <algorithm>

namespace ichor::init {

Restart RestartPolicy::Ended(Nanoseconds started, Nanoseconds now, bool committed) {
  constexpr Nanoseconds kFirstDelay = 100 * kMillisecond;
  constexpr Nanoseconds kLongestDelay = 5 * kSecond;
  if (now - started >= kCrashLoopTime) in_a_row_ = 0;
  ++in_a_row_;
  ends_[count_ % kCrashLoopEnds] = now;
  ++count_;
  // The place that the next end will take holds the first of the last six.
  const bool loop =
      count_ >= kCrashLoopEnds && now - ends_[count_ % kCrashLoopEnds] <= kCrashLoopTime;
  const bool was_in_loop = last_known_good_;
  last_known_good_ = last_known_good_ || loop;

  Restart out;
  out.crash_loop = last_known_good_;
  out.reboot = loop && !committed;
  out.last_known_good = last_known_good_;
  out.no_checkpoint = in_a_row_ >= 3;
  out.delay = std::min(kLongestDelay, kFirstDelay << std::min(in_a_row_ - 1, 10U));
  if (was_in_loop) out.delay = std::max(out.delay, started + kCrashLoopTime - now);
  return out;
}

}  // namespace ichor::init
