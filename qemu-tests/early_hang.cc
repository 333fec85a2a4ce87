#include "qemu-tests/early_hang.h"

#include <poll.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stop_token>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "qemu-tests/console.h"
#include "qemu-tests/monitor.h"

namespace ichor::qemu {
namespace {

constexpr std::chrono::minutes kSilence{2};
constexpr int kLookAgainMs = 500;

// False when the machine has ended.
bool Pause(int machine) {
  pollfd event{.fd = machine, .events = POLLIN, .revents = 0};
  return poll(&event, 1, kLookAgainMs) == 0;
}

void Watch(const std::stop_token& stop, const std::string& console, const std::string& monitor,
           int machine) {
  const base::RealClock clock;
  base::MonotonicTime last = clock.Monotonic();
  std::size_t size = 0;
  while (!stop.stop_requested() && Pause(machine)) {
    std::ifstream file(console, std::ios::binary);
    const std::string said{std::istreambuf_iterator<char>(file), {}};
    if (std::exchange(size, said.size()) != said.size() || !IsBeforeInit(said)) {
      last = clock.Monotonic();
    }
    if (clock.Monotonic() - last < kSilence) {
      continue;
    }
    const absl::Status reset = Reset(monitor, machine);
    std::cerr << console << ": the kernel hung before its first program; reset: "
              << (reset.ok() ? "done" : base::MessageOf(reset)) << '\n';
    last = clock.Monotonic();
  }
}

}  // namespace

EarlyHang::EarlyHang(std::string console, std::string monitor, int machine)
    : thread_([console = std::move(console), monitor = std::move(monitor),
               machine](const std::stop_token& stop) { Watch(stop, console, monitor, machine); }) {}

}  // namespace ichor::qemu
