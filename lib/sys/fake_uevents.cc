#include "lib/sys/fake_uevents.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace ichor::sys {

void FakeUevents::Lose() {
  waiting_.clear();
  lost_ = true;
}

absl::StatusOr<std::vector<Uevent>> FakeUevents::Drain() {
  if (std::exchange(lost_, false)) {
    return absl::ResourceExhaustedError("uevents: some were lost");
  }
  constexpr size_t kMaxEvents = 1'024;
  const auto end =
      waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMaxEvents));
  std::vector<Uevent> events(std::make_move_iterator(waiting_.begin()),
                             std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return events;
}

}  // namespace ichor::sys
