// What goes with a call beside its messages: headers, and who the peer is.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/sys/unix_socket.h"

namespace ichor::rpc {

// Lower-case names with their values, in order; a name may be there several times. Without what
// belongs to HTTP/2 and gRPC themselves: ":path", "te", "content-type", "grpc-status" and the like.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// Who is at the other end of a connection.
struct Peer {
  std::string address;                      // "10.0.0.1:4711", "[fe80::1]:4711"; empty if local
  std::optional<sys::PeerProcess> process;  // on a unix socket: as of when it connected
  bool verified = false;                    // its certificate was asked for, and is trusted
  std::vector<std::string> organizations;   // O values of that certificate's subject
};

}  // namespace ichor::rpc
