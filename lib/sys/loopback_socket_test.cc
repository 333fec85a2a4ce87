#include "lib/sys/loopback_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {
namespace {

// A listener on a free port, and the port.
base::UniqueFd Listen(std::uint16_t& port) {
  base::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  REQUIRE(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(fd.get(), 1) == 0);
  REQUIRE(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return fd;
}

absl::Status Connected(std::uint16_t port) {
  absl::StatusOr<base::UniqueFd> fd = StartConnectLoopback(port);
  if (!fd.ok()) {
    return fd.status();
  }
  pollfd poll_fd{.fd = fd->get(), .events = POLLOUT, .revents = 0};
  REQUIRE(poll(&poll_fd, 1, 10'000) == 1);
  return ConnectResult(fd->get());
}

}  // namespace

TEST_CASE(
    "loopback: a connection stands where somebody listens, and is refused where nobody does") {
  std::uint16_t port = 0;
  {
    const base::UniqueFd listener = Listen(port);
    CHECK_THAT(Connected(port), base::IsOk());
  }
  CHECK_THAT(Connected(port),
             base::StatusIs(absl::StatusCode::kUnavailable, "connect: Connection refused"));
}

}  // namespace ichor::sys
