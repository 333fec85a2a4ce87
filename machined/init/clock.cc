#include "machined/init/clock.h"

#include <ctime>

namespace ichor::init {
namespace {

std::int64_t Read(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return (static_cast<std::int64_t>(now.tv_sec) * kSecond) + now.tv_nsec;
}

}  // namespace

Time TimeNow() {
  return {.realtime_ns = Read(CLOCK_REALTIME), .boottime_ns = Read(CLOCK_BOOTTIME)};
}

Nanoseconds Now() {
  return Read(CLOCK_BOOTTIME);
}

}  // namespace ichor::init
