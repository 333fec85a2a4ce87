// Any bytes as what a client sends on a connection of ours, behind the preface and settings of
// HTTP/2.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/connection.h"
#include "lib/rpc/server.h"
#include "lib/rpc/transport.h"
#include "lib/runtime/loop.h"

namespace {

using ichor::rpc::Connection;

constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr std::size_t kMostBytes = 64 << 10;  // what a socket takes at once

std::unique_ptr<ichor::rpc::Call> Echo(std::string_view path, ichor::rpc::Stream& stream) {
  if (path.empty()) {
    return nullptr;
  }
  return ichor::rpc::UnaryCall(stream,
                               [](std::string_view request) { return std::string(request); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMostBytes) {
    return 0;
  }
  static const ichor::base::RealClock kClock;
  static const std::unique_ptr<ichor::Loop> kLoop = *ichor::Loop::Create(kClock);
  std::array<int, 2> pair{};
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) == 0);
  ichor::base::UniqueFd client(pair[0]);
  std::string bytes(kPreface);
  bytes.append(reinterpret_cast<const char*>(data), size);
  CHECK(write(client.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  shutdown(client.get(), SHUT_WR);
  bool over = false;
  Connection connection(*kLoop, ichor::rpc::NewPlainTransport(ichor::base::UniqueFd(pair[1])),
                        Connection::Role::kServer, {}, Echo, [&](const absl::Status&) {
                          over = true;
                          kLoop->Stop();
                        });
  kLoop->Run();
  CHECK(over && connection.closed());
  return 0;
}
