// Serves gRPC methods on a unix socket, or with TLS on a TCP socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/string_hash.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/connection.h"
#include "lib/rpc/tls.h"
#include "lib/runtime/loop.h"

namespace ichor::rpc {

// Lives on the loop's thread, which runs the calls. Destroying it breaks all connections.
class Server {
 public:
  using Method = std::function<std::unique_ptr<Call>(Stream& stream)>;

  struct Options {
    std::string path;               // of the socket
    size_t max_connections = 1024;  // one more is closed at once
    ConnectionOptions connection;
  };

  // For anybody on the network, so that nobody can keep the others out: beyond the limits, the
  // oldest handshake is broken off, or the connection that is idle for longest, and if none is the
  // new one. Both limits together stay below the usual limit of descriptors, 1024.
  struct TlsOptions {
    std::string address;  // as sys::ListenTcp
    std::shared_ptr<const TlsContext> context;
    size_t max_connections = 700;
    size_t max_handshakes = 128;
    std::chrono::seconds handshake_timeout{10};
    ConnectionOptions connection = {.max_streams = 1000,
                                    .stream_window_bytes = 65535 * 32,
                                    .connection_window_bytes = 65535 * 16};
  };

  // Listens at once; calls are served as soon as the loop turns. `loop` must outlive the server.
  // Fails as sys::ListenUnix.
  static absl::StatusOr<std::unique_ptr<Server>> Create(Loop& loop, const Options& options);
  // The same with TLS. `clock` must outlive the server. Fails as sys::ListenTcp.
  static absl::StatusOr<std::unique_ptr<Server>> CreateTls(Loop& loop, const base::Clock& clock,
                                                           TlsOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves `path` ("/package.Service/Method") with `method`, which makes the logic of each call.
  void Handle(const std::string& path, Method method) { methods_[path] = std::move(method); }
  // Serves every path that no method was given for; without, those are Unimplemented.
  void HandleRest(CallFactory factory) { rest_ = std::move(factory); }

  // For a TLS server: what new connections get from now on.
  void SetContext(std::shared_ptr<const TlsContext> context) { context_ = std::move(context); }
  // For a TLS server: the port that it listens on.
  absl::StatusOr<std::uint16_t> Port() const;

  // How many connections there are, handshakes included.
  size_t connections() const { return connections_.size(); }

 private:
  Server(Loop& loop, TlsOptions options, const base::Clock* clock, base::UniqueFd listener);
  void AcceptAll();
  bool MakeRoom();
  void Add(base::UniqueFd fd);
  void WatchHandshake(std::uint64_t id);
  void Drop(std::uint64_t id);
  void OnClosed(std::uint64_t id, const absl::Status& reason);
  std::unique_ptr<Call> NewCall(std::string_view path, Stream& stream) const;

  Loop& loop_;
  const base::Clock* const clock_;  // null without TLS
  const TlsOptions options_;
  const base::UniqueFd listener_;
  std::shared_ptr<const TlsContext> context_;  // null without TLS
  base::StringMap<Method> methods_;
  CallFactory rest_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;  // oldest first
  std::map<std::uint64_t, Loop::TimerId> handshakes_;  // with some that are done meanwhile
  std::uint64_t next_connection_ = 0;
  base::MonotonicTime next_log_;  // no failed handshake is logged before
};

// A call of one request and one reply: answers with what `method` returns for the request's bytes.
std::unique_ptr<Call> UnaryCall(
    Stream& stream, std::function<absl::StatusOr<std::string>(std::string_view)> method);

}  // namespace ichor::rpc
