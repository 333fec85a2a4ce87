#include "lib/http/multi.h"

#include <sys/epoll.h>

#include <chrono>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor::http {
namespace {

std::uint32_t EventsOf(int what) {
  std::uint32_t events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) {
    events |= EPOLLIN;
  }
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) {
    events |= EPOLLOUT;
  }
  return events;
}

int ActionsOf(std::uint32_t events) {
  int actions = 0;
  if ((events & EPOLLIN) != 0) {
    actions |= CURL_CSELECT_IN;
  }
  if ((events & EPOLLOUT) != 0) {
    actions |= CURL_CSELECT_OUT;
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    actions |= CURL_CSELECT_ERR;
  }
  return actions;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Multi>> Multi::Create(Loop& loop, const base::Clock& clock,
                                                     OnDone on_done) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return absl::InternalError("libcurl cannot begin");
  }
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) {
    curl_global_cleanup();
    return absl::InternalError("libcurl has no memory");
  }
  return std::unique_ptr<Multi>(new Multi(loop, clock, std::move(on_done), multi));
}

Multi::Multi(Loop& loop, const base::Clock& clock, OnDone on_done, CURLM* multi)
    : loop_(loop), clock_(clock), on_done_(std::move(on_done)), multi_(multi) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Multi::OnSocket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Multi::OnTimer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

Multi::~Multi() {
  curl_multi_cleanup(multi_);
  CancelTimer();
  for (const curl_socket_t socket : watched_) {
    loop_.poller().Remove(socket);
  }
  curl_global_cleanup();
}

absl::Status Multi::Add(CURL* easy) {
  if (const CURLMcode code = curl_multi_add_handle(multi_, easy); code != CURLM_OK) {
    return absl::InternalError(curl_multi_strerror(code));
  }
  return absl::OkStatus();
}

void Multi::Remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
}

int Multi::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* /*mark*/) {
  static_cast<Multi*>(self)->Watch(socket, what);
  return 0;
}

int Multi::OnTimer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& multi = *static_cast<Multi*>(self);
  multi.CancelTimer();
  if (timeout_ms >= 0) {
    multi.timer_ = multi.loop_.RunAt(
        multi.clock_.Monotonic() + std::chrono::milliseconds(timeout_ms), [&multi] {
          multi.timer_.reset();
          multi.Act(CURL_SOCKET_TIMEOUT, 0);
        });
  }
  return 0;
}

void Multi::CancelTimer() {
  if (timer_.has_value()) {
    loop_.Cancel(*timer_);
    timer_.reset();
  }
}

void Multi::Watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    if (watched_.erase(socket) > 0) {
      loop_.poller().Remove(socket);
    }
    return;
  }
  if (!watched_.insert(socket).second) {
    loop_.poller().Modify(socket, EventsOf(what));
    return;
  }
  const absl::Status added =
      loop_.poller().Add(socket, EventsOf(what),
                         [this, socket](std::uint32_t ready) { Act(socket, ActionsOf(ready)); });
  if (!added.ok()) {
    watched_.erase(socket);
    base::Log(base::Severity::kError, "http: {}", base::MessageOf(added));
  }
}

void Multi::Act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  std::vector<std::pair<CURL*, CURLcode>> done;  // what libcurl's message points to does not last
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) {
      done.emplace_back(message->easy_handle, message->data.result);
    }
  }
  for (const auto& [easy, code] : done) {
    on_done_(easy, code);
  }
}

}  // namespace ichor::http
