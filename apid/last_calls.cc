#include "apid/last_calls.h"

#include <chrono>
#include <utility>

namespace ichor::apid {
namespace {

constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::milliseconds kLookInterval{20};

void Look(Loop& loop, const base::Clock& clock, std::function<std::size_t()> calls,
          base::MonotonicTime until) {
  const base::MonotonicTime now = clock.Monotonic();
  if (calls() == 0 || now >= until) {
    loop.Stop();
    return;
  }
  loop.RunAt(now + kLookInterval, [&loop, &clock, calls = std::move(calls), until]() mutable {
    Look(loop, clock, std::move(calls), until);
  });
}

}  // namespace

void StopAfterCalls(Loop& loop, const base::Clock& clock, std::function<std::size_t()> calls) {
  Look(loop, clock, std::move(calls), clock.Monotonic() + kPatience);
}

}  // namespace ichor::apid
