#include "networkd/time/keeper.h"

#include <algorithm>

namespace ichor::networkd {
namespace {

using std::chrono::abs;
using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds kGood{200};

}  // namespace

TimeKeeper::TimeKeeper(bool synchronized, std::int64_t epoch)
    : synchronized_(synchronized), epoch_(epoch) {}

TimeKeeper::Verdict TimeKeeper::OnSample(const NtpSample& sample) {
  if (abs(sample.offset) > kStep) {
    const bool confirmed = pending_.has_value() && abs(*pending_ - sample.offset) <= kStep;
    if (synchronized_ && !confirmed) {
      pending_ = sample.offset;
      return Verdict::kRecheck;
    }
    pending_.reset();
    synchronized_ = true;
    poll_ = kShortestPoll;
    return Verdict::kStep;
  }
  pending_.reset();
  synchronized_ = true;
  const bool good = abs(sample.offset) <= kGood && sample.distance <= kGood;
  poll_ = good ? std::min(poll_ * 2, kLongestPoll) : std::max(poll_ / 2, kShortestPoll);
  return Verdict::kSlew;
}

void TimeKeeper::OnJump(nanoseconds by) {
  if (abs(by) > kNewEpoch) ++epoch_;
}

}  // namespace ichor::networkd
