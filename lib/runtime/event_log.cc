#include "lib/runtime/event_log.h"

#include <algorithm>
#include <utility>

#include "absl/log/check.h"

namespace ichor {

std::int64_t EventLog::first() const {
  return std::max<std::int64_t>(next_ - kMaxEvents, 0);
}

std::int64_t EventLog::oldest_start() const {
  return std::max<std::int64_t>(next_ - kMaxEvents + kHeadroom, 0);
}

void EventLog::Append(Event event) {
  if (next_ < kMaxEvents) {
    ring_.push_back(std::move(event));
  } else {
    ring_[static_cast<size_t>(next_ % kMaxEvents)] = std::move(event);
  }
  ++next_;
}

const Event& EventLog::At(std::int64_t position) const {
  DCHECK(position >= first() && position < next_);
  return ring_[static_cast<size_t>(position % kMaxEvents)];
}

}  // namespace ichor
