#include "machined/init/link.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace ichor::init {

early::Fd Link::Renew() {
  std::array<int, 2> ends{};
  end_.Reset();
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return early::Fd();
  end_.Reset(ends[0]);
  return early::Fd(ends[1]);
}

std::span<const std::byte> Link::Receive(std::span<std::byte> buffer, bool& gone) const {
  // MSG_TRUNC gives the packet's true size, so that one too long is not taken for a shorter one.
  const auto got = ::recv(end_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
  gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  if (got <= 0) return {};
  const auto size = static_cast<std::size_t>(got);
  return buffer.first(size <= buffer.size() ? size : 1);
}

Sent Link::Send(std::span<const std::byte> message) const {
  if (!end_.ok()) return Sent::kGone;
  if (::send(end_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
    return Sent::kDone;
  return errno == EAGAIN || errno == ENOBUFS || errno == EINTR ? Sent::kFull : Sent::kGone;
}

}  // namespace ichor::init
