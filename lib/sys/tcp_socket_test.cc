#include "lib/sys/tcp_socket.h"

#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/unix_socket.h"

namespace ichor::sys {

using base::IsOk;
using base::StatusIs;

TEST_CASE("tcp socket: connections come in, and say from where") {
  const std::string host = GENERATE(as<std::string>(), "", "127.0.0.1");
  absl::StatusOr<base::UniqueFd> listener = ListenTcp(host + ":0");
  REQUIRE_THAT(listener, IsOk());
  const absl::StatusOr<std::uint16_t> port = PortOf(listener->get());
  REQUIRE_THAT(port, IsOk());
  absl::StatusOr<base::UniqueFd> client = StartConnectTcp(std::format("127.0.0.1:{}", *port));
  REQUIRE_THAT(client, IsOk());
  absl::StatusOr<base::UniqueFd> accepted = Accept(listener->get());
  REQUIRE_THAT(accepted, IsOk());
  TuneTcp(accepted->get());
  const absl::StatusOr<std::string> peer = PeerAddress(accepted->get());
  REQUIRE_THAT(peer, IsOk());
  CHECK(*peer == std::format("127.0.0.1:{}", *PortOf(client->get())));
}

TEST_CASE("tcp socket: an address that is none is refused and named") {
  const std::string text =
      GENERATE(as<std::string>(), "", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "[::1]", "::1:80",
               "host:80", "[1.2.3.4]:80", ":-1", "1.2.3.4:80x");
  CHECK_THAT(
      ListenTcp(text),
      StatusIs(absl::StatusCode::kInvalidArgument,
               std::format("address \"{}\": expected as 10.0.0.1:80, [fd00::1]:80 or :80", text)));
}

}  // namespace ichor::sys
