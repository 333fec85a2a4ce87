#include "machined/api/caller.h"

#include <algorithm>
#include <format>
#include <string>
#include <string_view>
#include <utility>

#include "machine/machine.pb.h"
#include "machined/api/parse/sockets.h"

namespace ichor::api {
namespace {

constexpr std::string_view kPeerHeader = "ichor-peer";
constexpr size_t kMaxBytes = 1 << 20;  // of some thousand connections

// An IPv4 address on a socket of IPv6 is a plain one to people.
std::string_view Plain(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  return address.starts_with(kMapped) && address.find('.') != std::string_view::npos
             ? address.substr(kMapped.size())
             : address;
}

// As peers are written: "10.0.0.1:4711", "[fd00::1]:4711".
std::string Endpoint(std::string_view address, std::uint32_t port) {
  return address.contains(':') ? std::format("[{}]:{}", address, port)
                               : std::format("{}:{}", address, port);
}

}  // namespace

Caller CallerOf(const rpc::Metadata& headers, sys::FileView& files) {
  const auto peer =
      std::ranges::find(headers, kPeerHeader, &std::pair<std::string, std::string>::first);
  if (peer == headers.end()) {
    return {};
  }
  for (const char* const protocol : {"tcp6", "tcp"}) {
    const auto table = files.Read(std::format("/proc/net/{}", protocol), kMaxBytes);
    if (!table.ok()) {
      continue;
    }
    for (const machine::ConnectRecord& socket : parse::SocketsOf(protocol, *table)) {
      const std::string_view remote = Plain(socket.remoteip());
      if (Endpoint(remote, socket.remoteport()) == peer->second) {
        return {.node = std::string(Plain(socket.localip())), .client = std::string(remote)};
      }
    }
  }
  return {};
}

}  // namespace ichor::api
