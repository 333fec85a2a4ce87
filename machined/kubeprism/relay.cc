#include "machined/kubeprism/relay.h"

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

constexpr std::size_t kMostUnsent = 16 << 10;  // bytes, in each direction

}  // namespace

Relay::Relay(sys::Poller& poller, base::UniqueFd left, base::UniqueFd right,
             std::function<void()> on_end)
    : poller_(poller),
      on_end_(std::move(on_end)),
      left_{.fd = std::move(left)},
      right_{.fd = std::move(right)} {}

Relay::~Relay() {
  for (Side* const side : {&left_, &right_}) {
    if (side->watched != 0) {
      poller_.Remove(side->fd.get());
    }
  }
}

absl::Status Relay::Start() {
  RETURN_IF_ERROR(Watch(left_, right_));
  return Watch(right_, left_);
}

void Relay::OnReady(Side& side, std::uint32_t ready) {
  Side& other = &side == &left_ ? right_ : left_;
  const bool broken = ((ready & EPOLLERR) != 0) || !Send(side, other) ||
                      ((ready & (EPOLLIN | EPOLLHUP)) != 0 && !Receive(side, other));
  const bool over = side.told && other.told;
  if (broken || over || !Watch(side, other).ok() || !Watch(other, side).ok()) {
    End();
  }
}

// False if the connection broke.
bool Relay::Receive(Side& from, Side& to) {
  if (from.ended || !to.unsent.empty()) {
    return true;
  }
  std::array<char, kMostUnsent> bytes{};
  const auto size = sys::ReadSome(from.fd.get(), bytes.data(), bytes.size());
  if (!size.ok()) {
    return absl::IsUnavailable(size.status());
  }
  from.ended = *size == 0;
  to.unsent.assign(bytes.data(), *size);
  return Send(to, from);
}

// What `to` takes now, and that nothing more comes if that is so. False if the connection broke.
bool Relay::Send(Side& to, const Side& from) {
  if (!to.unsent.empty()) {
    const auto size = sys::WriteSome(to.fd.get(), to.unsent.data(), to.unsent.size());
    if (!size.ok()) {
      return false;
    }
    to.unsent.erase(0, *size);
    if (to.unsent.empty()) {
      to.unsent = std::string();  // an idle connection holds no memory
    }
  }
  if (from.ended && to.unsent.empty() && !to.told) {
    sys::EndSending(to.fd.get());
    to.told = true;
  }
  return true;
}

// A side of which nothing is wanted leaves the poller: it would tell of its end for ever.
absl::Status Relay::Watch(Side& side, const Side& other) {
  const std::uint32_t wanted =
      (!side.ended && other.unsent.empty() ? EPOLLIN : 0U) | (!side.unsent.empty() ? EPOLLOUT : 0U);
  const std::uint32_t watched = std::exchange(side.watched, wanted);
  if (wanted == watched) {
    return absl::OkStatus();
  }
  if (wanted == 0) {
    poller_.Remove(side.fd.get());
  } else if (watched != 0) {
    poller_.Modify(side.fd.get(), wanted);
  } else {
    absl::Status added = poller_.Add(side.fd.get(), wanted,
                                     [this, &side](std::uint32_t ready) { OnReady(side, ready); });
    side.watched = added.ok() ? wanted : 0;
    return added;
  }
  return absl::OkStatus();
}

void Relay::End() {
  const std::function<void()> on_end = std::move(on_end_);
  on_end();
}

}  // namespace ichor
