#include "machined/kubernetes/static_pod_server.h"

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

constexpr std::size_t kLargestRequest = 8 << 10;  // bytes
constexpr std::size_t kMostConnections = 16;

std::string Answer(std::string_view status, std::string_view type, std::string_view body) {
  return std::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

}  // namespace

StaticPodServer::~StaticPodServer() {
  for (const auto& [fd, connection] : connections_) {
    loop_.poller().Remove(fd);
  }
}

absl::Status StaticPodServer::Listen(std::uint16_t port) {
  const auto accept = [this](base::UniqueFd fd) { Accept(std::move(fd)); };
  auto listener =
      sys::StreamListener::Listen(loop_.poller(), std::format("127.0.0.1:{}", port), accept);
  if (!listener.ok() && port != 0) {
    listener = sys::StreamListener::Listen(loop_.poller(), "127.0.0.1:0", accept);
  }
  RETURN_IF_ERROR(listener.status());
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

std::optional<std::uint16_t> StaticPodServer::port() const {
  const auto port = listener_ == nullptr
                        ? absl::StatusOr<std::uint16_t>(absl::NotFoundError("none"))
                        : listener_->port();
  return port.ok() ? std::optional(*port) : std::nullopt;
}

// Of more than the kubelet would ever open, one gives way.
void StaticPodServer::Accept(base::UniqueFd fd) {
  if (connections_.size() >= kMostConnections) {
    Close(connections_.begin()->first);
  }
  const int number = fd.get();
  if (!loop_.poller()
           .Add(number, EPOLLIN, [this, number](std::uint32_t) { OnReady(number); })
           .ok()) {
    return;
  }
  connections_.emplace(number, Connection{.fd = std::move(fd), .received = {}, .answer = {}});
}

void StaticPodServer::OnReady(int fd) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) {
    return;
  }
  Connection& connection = found->second;
  if (connection.answer.empty()) {
    if (!Receive(connection)) {
      Close(fd);
      return;
    }
    if (connection.answer.empty()) {
      return;  // the request is not whole
    }
    loop_.poller().Modify(fd, EPOLLOUT);
  }
  if (!Send(connection)) {
    Close(fd);
  }
}

// False if the client is gone, or says too much.
bool StaticPodServer::Receive(Connection& connection) const {
  std::array<char, 4096> buffer{};
  const absl::StatusOr<std::size_t> size =
      sys::ReadSome(connection.fd.get(), buffer.data(), buffer.size());
  if (!size.ok() || *size == 0) {
    return absl::IsUnavailable(size.status());
  }
  connection.received.append(buffer.data(), *size);
  if (connection.received.contains("\r\n\r\n")) {
    connection.answer = text_.has_value() ? Answer("200 OK", "application/yaml", *text_)
                                          : Answer("500 Internal Server Error", "text/plain",
                                                   "the static pods are not known yet\n");
    return true;
  }
  return connection.received.size() <= kLargestRequest;
}

// False once all is sent, or nothing can be.
bool StaticPodServer::Send(Connection& connection) {
  const absl::StatusOr<std::size_t> sent =
      sys::WriteSome(connection.fd.get(), connection.answer.data(), connection.answer.size());
  if (!sent.ok()) {
    return false;
  }
  connection.answer.erase(0, *sent);
  return !connection.answer.empty();
}

void StaticPodServer::Close(int fd) {
  loop_.poller().Remove(fd);
  connections_.erase(fd);
}

}  // namespace ichor
