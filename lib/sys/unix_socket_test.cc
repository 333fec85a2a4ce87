#include "lib/sys/unix_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

std::string TestPath() {
  return std::format("/tmp/unix_socket_test.{}", getpid());
}

}  // namespace

TEST_CASE("unix socket: what one end writes the other reads, until it closes") {
  const std::string path = TestPath();
  const base::UniqueFd listener = *ListenUnix(path);
  CHECK(Accept(listener.get()).status().code() == absl::StatusCode::kUnavailable);
  base::UniqueFd client = *ConnectUnix(path);
  const base::UniqueFd server = *Accept(listener.get());

  std::array<char, 16> buffer{};
  CHECK_THAT(ReadSome(server.get(), buffer.data(), buffer.size()),
             StatusIs(absl::StatusCode::kUnavailable, "nothing to read"));
  CHECK(*WriteSome(client.get(), "hello", 5) == 5);
  CHECK(*ReadSome(server.get(), buffer.data(), buffer.size()) == 5);
  CHECK(std::string(buffer.data()) == "hello");

  client.Reset();
  CHECK(*ReadSome(server.get(), buffer.data(), buffer.size()) == 0);
  CHECK_THAT(WriteSome(server.get(), "x", 1),
             StatusIs(absl::StatusCode::kAborted, "write to peer: Broken pipe"));
  unlink(path.c_str());
}

TEST_CASE("unix socket: a probe finds sockets of every type, and nobody where there is nobody") {
  const std::string path = TestPath();
  {
    const base::UniqueFd listener = *ListenUnix(path);
    CHECK_THAT(ProbeUnix(path), IsOk());
  }
  CHECK_FALSE(ProbeUnix(path).ok());
  unlink(path.c_str());
  const base::UniqueFd packets(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(bind(packets.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(listen(packets.get(), 1) == 0);
  CHECK_THAT(ProbeUnix(path), IsOk());
  unlink(path.c_str());
  CHECK_FALSE(ProbeUnix(path).ok());
}

TEST_CASE("unix socket: a stale socket file is replaced, a missing one is not found") {
  const std::string path = TestPath();
  ListenUnix(path)->Reset();  // the file stays
  CHECK_THAT(ConnectUnix(path), StatusIs(absl::StatusCode::kUnavailable,
                                         "connect to " + path + ": Connection refused"));
  CHECK_THAT(ListenUnix(path), IsOk());
  unlink(path.c_str());
  CHECK_THAT(ConnectUnix(path), StatusIs(absl::StatusCode::kNotFound,
                                         "connect to " + path + ": No such file or directory"));
}

TEST_CASE("unix socket: a path that does not fit is refused") {
  const std::string path(108, 'x');
  CHECK_THAT(ListenUnix(path),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "socket path \"" + path + "\": expected 1 to 107 bytes, got 108"));
  CHECK(ConnectUnix("").status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::sys
