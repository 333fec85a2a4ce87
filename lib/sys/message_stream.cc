#include "lib/sys/message_stream.h"

#include <sys/epoll.h>

#include <array>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kMostMessageBytes = 0xffff;
constexpr int kConnectionsAtOnce = 16;  // so that a flood leaves the loop its turns

}  // namespace

absl::StatusOr<std::unique_ptr<MessageStream>> MessageStream::Connect(Poller& poller,
                                                                      const std::string& address,
                                                                      Events events) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, StartConnectTcp(address));
  return Over(poller, std::move(fd), std::move(events));
}

absl::StatusOr<std::unique_ptr<MessageStream>> MessageStream::Over(Poller& poller,
                                                                   base::UniqueFd fd,
                                                                   Events events) {
  std::unique_ptr<MessageStream> stream(
      new MessageStream(poller, std::move(fd), std::move(events)));
  RETURN_IF_ERROR(stream->Watch());
  return stream;
}

MessageStream::MessageStream(Poller& poller, base::UniqueFd fd, Events events)
    : poller_(poller), fd_(std::move(fd)), events_(std::move(events)) {}

MessageStream::~MessageStream() {
  poller_.Remove(fd_.get());
}

absl::Status MessageStream::Watch() {
  return poller_.Add(fd_.get(), EPOLLIN, [this](std::uint32_t ready) { OnReady(ready); });
}

void MessageStream::Send(std::string_view message) {
  if (message.size() > kMostMessageBytes) return;
  unsent_.push_back(static_cast<char>(message.size() >> 8U));
  unsent_.push_back(static_cast<char>(message.size()));
  unsent_ += message;
  Expect();  // written from the loop, so that an end is told there
}

void MessageStream::Expect() {
  poller_.Modify(fd_.get(), unsent_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void MessageStream::OnReady(std::uint32_t ready) {
  const std::weak_ptr<bool> alive = alive_;
  // A copy, since the callbacks may destroy this.
  const Events events = events_;
  bool goes_on = (ready & EPOLLOUT) == 0 || Write();
  if (goes_on && (ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    goes_on = Read();
    if (!Deliver()) return;
  }
  if (goes_on) {
    Expect();
    return;
  }
  poller_.Remove(fd_.get());
  if (!alive.expired()) events.on_end();
}

// False if the connection ended.
bool MessageStream::Read() {
  std::array<char, 4096> buffer;
  const absl::StatusOr<size_t> size = ReadSome(fd_.get(), buffer.data(), buffer.size());
  if (!size.ok()) return absl::IsUnavailable(size.status());
  received_.append(buffer.data(), *size);
  return *size > 0;
}

// Hands over what is complete. False if that destroyed the stream.
bool MessageStream::Deliver() {
  const std::weak_ptr<bool> alive = alive_;
  const Events events = events_;
  while (received_.size() >= kLengthBytes) {
    const std::size_t length = std::size_t{static_cast<unsigned char>(received_[0])} << 8U |
                               static_cast<unsigned char>(received_[1]);
    if (received_.size() < kLengthBytes + length) break;
    const std::string message = received_.substr(kLengthBytes, length);
    received_.erase(0, kLengthBytes + length);
    events.on_message(message);
    if (alive.expired()) return false;
  }
  return true;
}

bool MessageStream::Write() {
  const absl::StatusOr<size_t> size = WriteSome(fd_.get(), unsent_.data(), unsent_.size());
  if (!size.ok()) return false;
  unsent_.erase(0, *size);
  return unsent_.size() <= kMostUnsent;
}

absl::StatusOr<std::unique_ptr<StreamListener>> StreamListener::Listen(Poller& poller,
                                                                       const std::string& address,
                                                                       OnConnection on_connection) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, ListenTcp(address));
  std::unique_ptr<StreamListener> listener(
      new StreamListener(poller, std::move(fd), std::move(on_connection)));
  RETURN_IF_ERROR(poller.Add(listener->fd_.get(), EPOLLIN,
                             [self = listener.get()](std::uint32_t) { self->Accept(); }));
  return listener;
}

StreamListener::StreamListener(Poller& poller, base::UniqueFd fd, OnConnection on_connection)
    : poller_(poller), fd_(std::move(fd)), on_connection_(std::move(on_connection)) {}

StreamListener::~StreamListener() {
  poller_.Remove(fd_.get());
}

absl::StatusOr<std::uint16_t> StreamListener::port() const {
  return PortOf(fd_.get());
}

void StreamListener::Accept() {
  for (int i = 0; i < kConnectionsAtOnce; ++i) {
    absl::StatusOr<base::UniqueFd> connection = sys::Accept(fd_.get());
    if (!connection.ok()) return;
    on_connection_(*std::move(connection));
  }
}

}  // namespace ichor::sys
