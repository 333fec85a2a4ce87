#include "lib/sys/tcp_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <format>
#include <optional>
#include <string_view>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

// After how long without an answer a connection is gone.
struct Patience {
  int idle_seconds;   // before the first probe of a silent connection
  int probe_seconds;  // between two
  int probes;         // unanswered
  int unacked_ms;     // the same for what was sent
};
constexpr Patience kOfServer = {30, 15, 4, 120'000};
// Whoever calls is told, and can call again.
constexpr Patience kOfClient = {10, 5, 2, 20'000};
constexpr Patience kOfRelay = {30, 30, 1, 30'000};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

Address AddressOf(const in_addr& host, std::uint16_t port) {
  Address address;
  address.v4().sin_family = AF_INET;
  address.v4().sin_port = htons(port);
  address.v4().sin_addr = host;
  address.size = sizeof(sockaddr_in);
  return address;
}

Address AddressOf(const in6_addr& host, std::uint16_t port) {
  Address address;
  address.v6().sin6_family = AF_INET6;
  address.v6().sin6_port = htons(port);
  address.v6().sin6_addr = host;
  address.size = sizeof(sockaddr_in6);
  return address;
}

std::optional<Address> Parse(std::string_view host, std::uint16_t port) {
  if (host.empty()) {
    return AddressOf(in6addr_any, port);
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr v6{};
    const std::string inner(host.substr(1, host.size() - 2));
    return inet_pton(AF_INET6, inner.c_str(), &v6) == 1 ? std::optional(AddressOf(v6, port))
                                                        : std::nullopt;
  }
  in_addr v4{};
  return inet_pton(AF_INET, std::string(host).c_str(), &v4) == 1
             ? std::optional(AddressOf(v4, port))
             : std::nullopt;
}

absl::StatusOr<Address> Parse(const std::string& text) {
  const size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  if (colon != std::string::npos) {
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error == std::errc{} && rest == end) {
      if (std::optional<Address> address = Parse(std::string_view(text).substr(0, colon), port)) {
        return *address;
      }
    }
  }
  return absl::InvalidArgumentError(
      std::format("address \"{}\": expected as 10.0.0.1:80, [fd00::1]:80 or :80", text));
}

absl::StatusOr<base::UniqueFd> NewSocket(int family) {
  base::UniqueFd fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.ok()) {
    return ErrnoError(errno, "create socket");
  }
  return fd;
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));  // the connection works without
}

void Tune(int fd, const Patience& patience) {
  SetOption(fd, SOL_TCP, TCP_NODELAY, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, SOL_TCP, TCP_KEEPIDLE, patience.idle_seconds);
  SetOption(fd, SOL_TCP, TCP_KEEPINTVL, patience.probe_seconds);
  SetOption(fd, SOL_TCP, TCP_KEEPCNT, patience.probes);
  SetOption(fd, SOL_TCP, TCP_USER_TIMEOUT, patience.unacked_ms);
}

absl::StatusOr<base::UniqueFd> Listen(const Address& address) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(address.storage.ss_family));
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(fd.get(), SOL_IP, IP_FREEBIND, 1);
  if (address.storage.ss_family == AF_INET6) {
    SetOption(fd.get(), SOL_IPV6, IPV6_V6ONLY, 0);
  }
  if (bind(fd.get(), address.any(), address.size) != 0) {
    return ErrnoError(errno, "bind");
  }
  if (listen(fd.get(), SOMAXCONN) != 0) {
    return ErrnoError(errno, "listen");
  }
  return fd;
}

std::string Text(Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &address.v4().sin_addr, text.data(), text.size());
    return std::format("{}:{}", text.data(), ntohs(address.v4().sin_port));
  }
  const sockaddr_in6& v6 = address.v6();
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    return std::format("{}:{}", text.data(), ntohs(v6.sin6_port));
  }
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return std::format("[{}]:{}", text.data(), ntohs(v6.sin6_port));
}

}  // namespace

absl::StatusOr<base::UniqueFd> ListenTcp(const std::string& address) {
  ASSIGN_OR_RETURN(Address wanted, Parse(address));
  absl::StatusOr<base::UniqueFd> fd = Listen(wanted);
  if (!fd.ok() && address.starts_with(':')) {  // perhaps there is no IPv6
    fd = Listen(AddressOf(in_addr{.s_addr = htonl(INADDR_ANY)}, ntohs(wanted.v6().sin6_port)));
  }
  if (!fd.ok()) {
    return base::Annotate(fd.status(), "listen on " + address);
  }
  return fd;
}

absl::StatusOr<std::uint16_t> PortOf(int listener) {
  Address address;
  address.size = sizeof(address.storage);
  if (getsockname(listener, address.any(), &address.size) != 0) {
    return ErrnoError(errno, "getsockname");
  }
  return ntohs(address.storage.ss_family == AF_INET ? address.v4().sin_port
                                                    : address.v6().sin6_port);
}

absl::StatusOr<base::UniqueFd> StartConnectTcp(const std::string& address) {
  ASSIGN_OR_RETURN(const Address peer, Parse(address));
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(peer.storage.ss_family));
  Tune(fd.get(), kOfClient);
  if (connect(fd.get(), peer.any(), peer.size) != 0 && errno != EINPROGRESS) {
    return ErrnoError(errno, "connect to " + address);
  }
  return fd;
}

void TuneTcp(int fd) {
  Tune(fd, kOfServer);
}

void TuneRelayedTcp(int fd) {
  Tune(fd, kOfRelay);
}

void EndSending(int fd) {
  shutdown(fd, SHUT_WR);  // a connection that broke has ended anyway
}

absl::StatusOr<std::string> PeerAddress(int fd) {
  Address address;
  address.size = sizeof(address.storage);
  if (getpeername(fd, address.any(), &address.size) != 0) {
    return ErrnoError(errno, "getpeername");
  }
  return Text(address);
}

}  // namespace ichor::sys
