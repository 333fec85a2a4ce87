// What to do about the clock after each measurement. No clock, no chance, no sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "networkd/time/ntp.h"

namespace ichor::networkd {

class TimeKeeper {
 public:
  static constexpr std::chrono::seconds kShortestPoll{32};
  static constexpr std::chrono::seconds kLongestPoll{2048};
  static constexpr std::chrono::seconds kRecheck{1};
  // Offsets above are stepped, those below left to the kernel.
  static constexpr std::chrono::milliseconds kStep{400};
  // Above, what was made by the clock, such as certificates, is made anew.
  static constexpr std::chrono::minutes kNewEpoch{15};

  // `synchronized`: somebody, perhaps an earlier process, has set the clock already.
  TimeKeeper(bool synchronized, std::int64_t epoch);

  enum class Verdict : std::uint8_t {
    // An offset that comes out of nothing: it has to be measured once more.
    kRecheck,
    kStep,
    kSlew,
  };
  // To be told of each measurement. The first of a clock that nobody set is believed; after that,
  // an offset that calls for a step must be measured twice.
  Verdict OnSample(const NtpSample& sample);
  // The clock was moved, by us or by somebody else.
  void OnJump(std::chrono::nanoseconds by);

  // When to measure next.
  std::chrono::seconds poll() const { return pending_.has_value() ? kRecheck : poll_; }
  bool synchronized() const { return synchronized_; }
  // Goes up whenever the clock jumped by more than kNewEpoch.
  std::int64_t epoch() const { return epoch_; }

 private:
  bool synchronized_;
  std::int64_t epoch_;
  std::chrono::seconds poll_ = kShortestPoll;
  std::optional<std::chrono::nanoseconds> pending_;  // an offset that has to be confirmed
};

}  // namespace ichor::networkd
