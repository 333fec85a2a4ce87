// How much the calls that pass through may hold in memory.
#pragma once

#include <cstddef>

namespace ichor::apid {

// Beyond these, the side that sends is held up, or the call refused.
struct Limits {
  size_t call_bytes = 32 << 10;  // of one call and direction, beside the streams' windows
  size_t total_bytes = 32 << 20;
  size_t calls = 4096;
};

// What all calls together hold. Loop's thread only.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  const Limits& limits() const { return limits_; }

  size_t calls() const { return calls_; }
  // Whether there may be `count` calls more.
  bool HasRoomFor(size_t count) const { return calls_ + count <= limits_.calls; }
  void OnCall(std::ptrdiff_t count) { calls_ += static_cast<size_t>(count); }

  // One call holds `after` bytes where it held `before`. False if it is more than before, and too
  // much.
  bool Account(size_t before, size_t after) {
    waiting_bytes_ = waiting_bytes_ - before + after;
    return waiting_bytes_ <= limits_.total_bytes || after <= before;
  }

 private:
  const Limits limits_;
  size_t waiting_bytes_ = 0;
  size_t calls_ = 0;
};

}  // namespace ichor::apid
