#include "machined/init/poll.h"

#include <algorithm>
#include <cstddef>

namespace ichor::init {
namespace {

epoll_event Event(Ready what, bool readable, bool writable) {
  epoll_event event = {};
  event.events = (readable ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                 (writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  event.data.u64 = (static_cast<std::uint64_t>(what.source) << 32U) | what.index;
  return event;
}

}  // namespace

bool Poll::Open() {
  epoll_.Reset(::epoll_create1(EPOLL_CLOEXEC));
  return epoll_.ok();
}

bool Poll::Add(int fd, Ready what) const {
  epoll_event event = Event(what, true, false);
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poll::Change(int fd, Ready what, bool readable, bool writable) const {
  epoll_event event = Event(what, readable, writable);
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void Poll::Remove(int fd) const {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const Ready> Poll::Wait(Nanoseconds now, Nanoseconds deadline) {
  std::array<epoll_event, 16> events;
  // Rounded up, so that what is due is due when this returns; bounded, so that nothing depends on
  // one great number.
  constexpr Nanoseconds kLongest = 60 * kSecond;
  const Nanoseconds wait =
      std::clamp<Nanoseconds>(deadline > now ? deadline - now : 0, 0, kLongest);
  const int timeout = static_cast<int>((wait + kMillisecond - 1) / kMillisecond);
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t data = events[static_cast<std::size_t>(i)].data.u64;
    ready_[static_cast<std::size_t>(i)] = {.source = static_cast<Source>(data >> 32U),
                                           .index = static_cast<std::uint32_t>(data)};
  }
  return std::span(ready_).first(static_cast<std::size_t>(std::max(count, 0)));
}

}  // namespace ichor::init
