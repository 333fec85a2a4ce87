#include "lib/runtime/source.h"

#include <utility>

namespace ichor {

std::optional<base::MonotonicTime> Source::DueAt() const {
  if (pending_.empty()) {
    return std::nullopt;
  }
  return last_taken_.has_value() ? *last_taken_ + kInterval : base::MonotonicTime::min();
}

std::map<Kind, Rows> Source::Take(base::MonotonicTime now) {
  last_taken_ = now;
  return std::exchange(pending_, {});
}

}  // namespace ichor
