#include "lib/runtime/source.h"

#include <utility>

namespace ichor {

base::MonotonicTime Source::Note(const Kind& kind, Rows rows) {
  pending_[kind] = std::move(rows);
  return NextTake();
}

std::optional<base::MonotonicTime> Source::DueAt() const {
  if (pending_.empty()) {
    return std::nullopt;
  }
  return NextTake();
}

std::map<Kind, Rows> Source::Take(base::MonotonicTime now) {
  last_taken_ = now;
  return std::exchange(pending_, {});
}

base::MonotonicTime Source::NextTake() const {
  return last_taken_.has_value() ? *last_taken_ + kInterval : base::MonotonicTime::min();
}

}  // namespace ichor
