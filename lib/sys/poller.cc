#include "lib/sys/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

// Whose callbacks this thread runs now.
thread_local const Poller* dispatching = nullptr;

// Rounded up, so that a timer is due when the wait for it ends. -1: for ever.
int MillisecondsOf(std::optional<std::chrono::nanoseconds> timeout) {
  if (!timeout.has_value()) {
    return -1;
  }
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
  return static_cast<int>(std::clamp(rounded, std::chrono::milliseconds(0), kLongest).count());
}

absl::Status AddToEpoll(int epoll, int fd, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
    return ErrnoError(errno, std::format("watch descriptor {}", fd));
  }
  return absl::OkStatus();
}

}  // namespace

Poller::Poller(base::UniqueFd epoll, base::UniqueFd wake)
    : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

absl::StatusOr<std::unique_ptr<Poller>> Poller::Create() {
  base::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.ok()) {
    return ErrnoError(errno, "create epoll");
  }
  base::UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.ok()) {
    return ErrnoError(errno, "create eventfd");
  }
  RETURN_IF_ERROR(AddToEpoll(epoll.get(), wake.get(), EPOLLIN));
  return std::unique_ptr<Poller>(new Poller(std::move(epoll), std::move(wake)));
}

absl::Status Poller::Add(int fd, std::uint32_t events,
                         std::function<void(std::uint32_t)> on_ready) {
  RETURN_IF_ERROR(AddToEpoll(epoll_.get(), fd, events));
  callbacks_[fd] = std::make_shared<std::function<void(std::uint32_t)>>(std::move(on_ready));
  return absl::OkStatus();
}

void Poller::Modify(int fd, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::Remove(int fd) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  callbacks_.erase(fd);
}

void Poller::Wait(std::optional<std::chrono::nanoseconds> timeout) {
  std::array<epoll_event, 32> events{};
  const int count = epoll_wait(epoll_.get(), events.data(), events.size(), MillisecondsOf(timeout));
  const Poller* const outer = std::exchange(dispatching, this);
  for (int i = 0; i < count; ++i) {  // EINTR gives -1: the caller waits again
    const epoll_event& event = events[static_cast<size_t>(i)];
    if (event.data.fd == wake_.get()) {
      std::uint64_t wakes = 0;
      [[maybe_unused]] const ssize_t size = read(wake_.get(), &wakes, sizeof(wakes));
      continue;
    }
    const auto found = callbacks_.find(event.data.fd);
    if (found != callbacks_.end()) {
      const auto callback = found->second;
      (*callback)(event.events);
    }
  }
  dispatching = outer;
}

// A callback's own thread is awake: Wait ends when it does.
void Poller::Wake() {
  if (dispatching == this) {
    return;
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t size = write(wake_.get(), &one, sizeof(one));
}

}  // namespace ichor::sys
