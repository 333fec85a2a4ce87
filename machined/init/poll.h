// What init waits for.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "lib/early/fd.h"
#include "machined/init/restarts.h"

namespace ichor::init {

enum class Source : std::uint8_t {
  kSignals,
  kMachined,
  kLog,
  kExecStatus,
  kButton,
  kButtonDevices,
  kUevents,
  kSlotAnswer
};

// One thing that is ready: what it is, and which of its kind.
struct Ready {
  Source source{};
  std::uint32_t index = 0;
};

class Poll {
 public:
  // False, with errno, if the kernel refuses.
  bool Open();
  // Waits for `fd` to be readable from now on, until it is closed.
  bool Add(int fd, Ready what) const;
  // What to wait for instead; neither is possible.
  bool Change(int fd, Ready what, bool readable, bool writable) const;
  // For descriptors that stay open elsewhere.
  void Remove(int fd) const;

  // Blocks until something is ready or `deadline` has come, at the latest. At most as many as fit;
  // the rest comes next.
  std::span<const Ready> Wait(Nanoseconds now, Nanoseconds deadline);

 private:
  early::Fd epoll_;
  std::array<Ready, 16> ready_;
};

}  // namespace ichor::init
