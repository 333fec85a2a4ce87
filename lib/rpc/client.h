// Calls gRPC methods of a peer on a unix socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/rpc/connection.h"
#include "lib/runtime/loop.h"

namespace ichor::rpc {

// One connection. Lives on the loop's thread; when it breaks, every call ends with Unavailable, and
// so does each new one.
class Client {
 public:
  // Fails as sys::ConnectUnix. `loop` must outlive the client.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(Loop& loop, const std::string& path);

  // One request, one reply. `on_done` is called once, at once if the connection is broken. It must
  // not delete the client.
  void Unary(const std::string& path, const std::string& request,
             std::function<void(absl::StatusOr<std::string>)> on_done);

  // One request, a stream of replies, then the status of the call. The callbacks must not delete
  // the client.
  void ServerStream(const std::string& path, const std::string& request,
                    std::function<void(std::string)> on_message,
                    std::function<void(absl::Status)> on_end);

 private:
  Client(Loop& loop, base::UniqueFd fd);

  Connection connection_;
};

}  // namespace ichor::rpc
