#include "lib/sys/linux_udp.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/netlink.h"

namespace ichor::sys {
namespace {

constexpr int kDatagramsAtOnce = 64;  // so that a flood leaves the loop its turns
constexpr std::size_t kMaxDatagramBytes = 4096;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);

  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::optional<SocketAddress> ToSocket(const UdpEndpoint& endpoint) {
  SocketAddress address;
  if (endpoint.address.size() == sizeof(in_addr)) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.data(), sizeof(in_addr));
    address.size = sizeof(v4);
    return address;
  }
  if (endpoint.address.size() != sizeof(in6_addr)) return std::nullopt;
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, endpoint.address.data(), sizeof(in6_addr));
  address.size = sizeof(v6);
  return address;
}

UdpEndpoint FromSocket(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
    return {.address = {reinterpret_cast<const char*>(&v4.sin_addr), sizeof(in_addr)},
            .port = ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
  return {.address = {reinterpret_cast<const char*>(&v6.sin6_addr), sizeof(in6_addr)},
          .port = ntohs(v6.sin6_port)};
}

// The codes that the comments in udp.h promise.
absl::Status Failed(int error, std::string_view what) {
  absl::Status status = ErrnoError(error, what);
  const bool no_way = error == ENETDOWN || error == ENETUNREACH || error == EHOSTUNREACH ||
                      error == EADDRNOTAVAIL || error == EADDRINUSE || error == ECONNREFUSED;
  return no_way ? absl::FailedPreconditionError(status.message()) : status;
}

class LinuxUdpSocket : public UdpSocket {
 public:
  LinuxUdpSocket(Poller& poller, base::UniqueFd fd, bool connected, Udp::OnDatagram on_datagram)
      : poller_(poller),
        fd_(std::move(fd)),
        connected_(connected),
        on_datagram_(std::move(on_datagram)) {}
  ~LinuxUdpSocket() override { poller_.Remove(fd_.get()); }

  absl::Status Watch() {
    return poller_.Add(fd_.get(), EPOLLIN, [this](std::uint32_t) { Receive(); });
  }

  absl::Status Send(const UdpEndpoint& to, std::string_view payload) override {
    const std::optional<SocketAddress> address = ToSocket(to);
    if (!address.has_value()) return absl::InvalidArgumentError("send datagram: no address");
    const ssize_t sent = connected_ ? send(fd_.get(), payload.data(), payload.size(), MSG_DONTWAIT)
                                    : sendto(fd_.get(), payload.data(), payload.size(),
                                             MSG_DONTWAIT, address->any(), address->size);
    if (sent < 0) {
      return Failed(errno, std::format("send datagram to {}", IpText(to.address)));
    }
    return absl::OkStatus();
  }

 private:
  void Receive() {
    const std::weak_ptr<bool> alive = alive_;
    std::array<char, kMaxDatagramBytes> buffer;
    for (int i = 0; i < kDatagramsAtOnce && !alive.expired(); ++i) {
      SocketAddress from;
      const ssize_t size = recvfrom(fd_.get(), buffer.data(), buffer.size(),
                                    MSG_DONTWAIT | MSG_TRUNC, from.any(), &from.size);
      if (size < 0 && errno == ECONNREFUSED) continue;  // who asked learns it by getting no answer
      if (size < 0) return;
      if (static_cast<std::size_t>(size) > buffer.size()) continue;
      // A copy, since the callback may destroy this.
      const Udp::OnDatagram on_datagram = on_datagram_;
      on_datagram(FromSocket(from), std::string_view(buffer.data(), static_cast<size_t>(size)));
    }
  }

  Poller& poller_;
  const base::UniqueFd fd_;
  const bool connected_;
  const Udp::OnDatagram on_datagram_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

absl::StatusOr<base::UniqueFd> NewSocket(int family) {
  base::UniqueFd fd(socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) return Failed(errno, "open UDP socket");
  return fd;
}

}  // namespace

absl::StatusOr<std::unique_ptr<UdpSocket>> LinuxUdp::Listen(const UdpEndpoint& local,
                                                            OnDatagram on_datagram) {
  const std::string what =
      std::format("listen on UDP {} port {}", IpText(local.address), local.port);
  const std::optional<SocketAddress> address = ToSocket(local);
  if (!address.has_value()) return absl::InvalidArgumentError(what + ": no address");
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(address->storage.ss_family));
  const int on = 1;
  setsockopt(fd.get(), SOL_IP, IP_FREEBIND, &on, sizeof(on));
  if (bind(fd.get(), address->any(), address->size) != 0) return Failed(errno, what);
  auto socket =
      std::make_unique<LinuxUdpSocket>(poller_, std::move(fd), false, std::move(on_datagram));
  RETURN_IF_ERROR(socket->Watch());
  return socket;
}

absl::StatusOr<std::unique_ptr<UdpSocket>> LinuxUdp::Connect(const UdpEndpoint& peer,
                                                             OnDatagram on_datagram) {
  const std::string what = std::format("reach UDP {} port {}", IpText(peer.address), peer.port);
  const std::optional<SocketAddress> address = ToSocket(peer);
  if (!address.has_value()) return absl::InvalidArgumentError(what + ": no address");
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(address->storage.ss_family));
  if (connect(fd.get(), address->any(), address->size) != 0) return Failed(errno, what);
  auto socket =
      std::make_unique<LinuxUdpSocket>(poller_, std::move(fd), true, std::move(on_datagram));
  RETURN_IF_ERROR(socket->Watch());
  return socket;
}

}  // namespace ichor::sys
