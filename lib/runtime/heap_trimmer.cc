#include "lib/runtime/heap_trimmer.h"

#include <malloc.h>

namespace ichor {
namespace {

constexpr std::chrono::seconds kAfterStart{15};
constexpr std::chrono::seconds kPause{60};

}  // namespace

HeapTrimmer::HeapTrimmer(Loop& loop, const base::Clock& clock) : loop_(loop), clock_(clock) {
  RunIn(kAfterStart);
}

HeapTrimmer::~HeapTrimmer() {
  loop_.Cancel(timer_);
}

void HeapTrimmer::RunIn(std::chrono::seconds pause) {
  timer_ = loop_.RunAt(clock_.Monotonic() + pause, [this] {
    ::malloc_trim(0);
    RunIn(kPause);
  });
}

}  // namespace ichor
