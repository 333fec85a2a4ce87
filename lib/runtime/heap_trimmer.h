// Memory that a program has freed, given back to the kernel.
#pragma once

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"

namespace ichor {

// Trims the heap (malloc_trim(3)) soon after the start, whose work needs much that is free later,
// and every minute from then on. A run over a small heap takes less than a millisecond.
class HeapTrimmer {
 public:
  // Both must outlive the trimmer. On the loop's thread, as is the end.
  HeapTrimmer(Loop& loop, const base::Clock& clock);
  ~HeapTrimmer();
  HeapTrimmer(const HeapTrimmer&) = delete;
  HeapTrimmer& operator=(const HeapTrimmer&) = delete;

 private:
  void RunIn(std::chrono::seconds pause);

  Loop& loop_;
  const base::Clock& clock_;
  Loop::TimerId timer_;
};

}  // namespace ichor
