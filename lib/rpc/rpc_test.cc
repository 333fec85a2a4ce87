#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/rpc/bytes.h"
#include "lib/rpc/status.h"
#include "lib/rpc/unix_server.h"

namespace ichor::rpc {

TEST_CASE("bytes: small and large messages keep their bytes") {
  const size_t size = GENERATE(size_t{0}, size_t{1}, size_t{256}, size_t{257}, size_t{100'000});
  const std::string bytes(size, '\xfe');
  CHECK(ToString(ToBuffer(bytes)) == bytes);
}

TEST_CASE("status: code and message cross gRPC unchanged") {
  const absl::Status status = absl::FailedPreconditionError("resource x is busy");
  CHECK(FromGrpc(ToGrpc(status)) == status);
  CHECK_THAT(FromGrpc(ToGrpc(absl::OkStatus())), base::IsOk());
}

TEST_CASE("unix server: a socket path that does not fit is refused by name") {
  const std::string path = "/tmp/" + std::string(103, 'x');
  const auto server = StartUnixServer({.path = path}, {});
  CHECK_THAT(server, base::StatusIs(absl::StatusCode::kInvalidArgument,
                                    "socket path \"" + path + "\": expected 1 to 107 bytes"));
}

}  // namespace ichor::rpc
