// Bytes between two connections.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/poller.h"

namespace ichor {

// Carries what either side says to the other, until both have ended or one broke. A side that ends
// may still listen, as shutdown(2) has it. What a side does not take waits, 16 KiB at most; the
// other is not read meanwhile. Loop's thread only.
class Relay {
 public:
  // Both connections stand, and do not block. `poller` is the loop's and must outlive the relay.
  // `on_end` is called once, and may destroy the relay.
  Relay(sys::Poller& poller, base::UniqueFd left, base::UniqueFd right,
        std::function<void()> on_end);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Begins. When it fails, `on_end` is never called.
  absl::Status Start();

 private:
  struct Side {
    base::UniqueFd fd;
    std::string unsent = {};    // to this side
    bool ended = false;         // it says nothing more
    bool told = false;          // it knows that the other says nothing more
    std::uint32_t watched = 0;  // events; 0: not in the poller
  };

  void OnReady(Side& side, std::uint32_t ready);
  static bool Receive(Side& from, Side& to);
  static bool Send(Side& to, const Side& from);
  absl::Status Watch(Side& side, const Side& other);
  void End();

  sys::Poller& poller_;
  std::function<void()> on_end_;
  Side left_;
  Side right_;
};

}  // namespace ichor
