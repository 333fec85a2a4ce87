// Serves gRPC methods on a unix socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "lib/base/string_hash.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/connection.h"
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

  // Listens at once; calls are served as soon as the loop turns. `loop` must outlive the server.
  // Fails as sys::ListenUnix.
  static absl::StatusOr<std::unique_ptr<Server>> Create(Loop& loop, Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves `path` ("/package.Service/Method") with `method`, which makes the logic of each call.
  void Handle(const std::string& path, Method method) { methods_[path] = std::move(method); }

 private:
  Server(Loop& loop, Options options, base::UniqueFd listener);
  void AcceptAll();
  void Add(base::UniqueFd fd);
  std::unique_ptr<Call> NewCall(std::string_view path, Stream& stream) const;

  Loop& loop_;
  const Options options_;
  const base::UniqueFd listener_;
  base::StringMap<Method> methods_;
  absl::flat_hash_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t next_connection_ = 0;
};

// A call of one request and one reply: answers with what `method` returns for the request's bytes.
std::unique_ptr<Call> UnaryCall(
    Stream& stream, std::function<absl::StatusOr<std::string>(std::string_view)> method);

}  // namespace ichor::rpc
