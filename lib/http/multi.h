// libcurl's multi interface on the loop: its sockets are watched, its timer runs. See
// libcurl-multi(3).
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"

namespace ichor::http {

// Loop's thread only.
class Multi {
 public:
  // `on_done` is told the handles that are finished, with how; from within a turn of the loop, and
  // never from within Add or Remove. `loop` and `clock` outlive it.
  using OnDone = std::function<void(CURL*, CURLcode)>;
  static absl::StatusOr<std::unique_ptr<Multi>> Create(Loop& loop, const base::Clock& clock,
                                                       OnDone on_done);
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Begins the transfer of `easy`, which stays the caller's and is removed before it is freed.
  absl::Status Add(CURL* easy);
  void Remove(CURL* easy);

 private:
  Multi(Loop& loop, const base::Clock& clock, OnDone on_done, CURLM* multi);
  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* mark);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);
  void Watch(curl_socket_t socket, int what);
  void Act(curl_socket_t socket, int events);
  void CancelTimer();

  Loop& loop_;
  const base::Clock& clock_;
  const OnDone on_done_;
  CURLM* const multi_;
  std::set<curl_socket_t> watched_;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor::http
