// Waiting for file descriptors, with a way to be woken from another thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// Level-triggered. One thread waits and changes the set; any thread may Wake. See epoll(7),
// eventfd(2).
class Poller {
 public:
  static absl::StatusOr<std::unique_ptr<Poller>> Create();

  // Calls `on_ready` from Wait whenever one of `events` (EPOLLIN, EPOLLOUT …) holds for `fd`. The
  // caller keeps the descriptor, and removes it before closing it. AlreadyExists if it is watched
  // already.
  absl::Status Add(int fd, std::uint32_t events, std::function<void(std::uint32_t ready)> on_ready);
  // Waits for other `events` of a watched descriptor from now on.
  void Modify(int fd, std::uint32_t events);
  void Remove(int fd);

  // Waits for a watched descriptor, for Wake, or until `timeout` is over (absent: for ever); then
  // calls what is ready.
  void Wait(std::optional<std::chrono::nanoseconds> timeout);

  // Ends the Wait under way (a callback need not: its own ends) or the next. Thread-, signal-safe.
  void Wake();

 private:
  Poller(base::UniqueFd epoll, base::UniqueFd wake);

  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  // Shared, so that a callback may remove itself while it runs.
  absl::flat_hash_map<int, std::shared_ptr<std::function<void(std::uint32_t)>>> callbacks_;
};

}  // namespace ichor::sys
