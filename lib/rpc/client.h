// Calls gRPC methods of a peer on a unix socket, or with TLS on a TCP socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/rpc/connection.h"
#include "lib/rpc/tls.h"
#include "lib/runtime/loop.h"

namespace ichor::rpc {

// One connection. Lives on the loop's thread; when it breaks, every call ends with Unavailable, and
// so does each new one.
class Client {
 public:
  // Fails as sys::ConnectUnix. `loop` must outlive the client.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(Loop& loop, const std::string& path,
                                                         const ConnectionOptions& options = {});

  // A connection that is being made to `address`, as sys::StartConnectTcp. Calls wait until it
  // stands; if it does not come about, they end with Unavailable and the reason.
  static absl::StatusOr<std::unique_ptr<Client>> ConnectTls(
      Loop& loop, const std::string& address, std::shared_ptr<const TlsContext> context,
      const ConnectionOptions& options = {});

  // What is sent with each call from now on.
  void SetMetadata(Metadata metadata) { metadata_ = std::move(metadata); }

  // One request, one reply. `on_done` is called once, at once if the connection is broken. It must
  // not delete the client.
  void Unary(const std::string& path, const std::string& request,
             std::function<void(absl::StatusOr<std::string>)> on_done);

  // One request, a stream of replies, then the status of the call. The callbacks must not delete
  // the client.
  void ServerStream(const std::string& path, const std::string& request,
                    std::function<void(std::string)> on_message,
                    std::function<void(absl::Status)> on_end);

  // A call of any kind, with this metadata alone, as Connection::Open. The logic must not delete
  // the client.
  void Open(const std::string& path, const Metadata& metadata,
            const std::function<std::unique_ptr<Call>(Stream&)>& make_call) {
    connection_.Open(path, metadata, make_call);
  }

  // As Connection::WhenSettled.
  void WhenSettled(std::function<void(const absl::Status&)> on_settled) {
    connection_.WhenSettled(std::move(on_settled));
  }

  // Once the connection is over: what TLS found wrong; null if nothing.
  const TlsProblem* problem() const { return connection_.problem(); }

  // As Connection::Break.
  void Break(const absl::Status& reason) { connection_.Break(reason); }

  // Whether the connection stands, whether it is over, and whether no call is open.
  bool established() const { return connection_.established(); }
  bool closed() const { return connection_.closed(); }
  bool idle() const { return connection_.idle(); }

 private:
  Client(Loop& loop, std::unique_ptr<Transport> transport, const ConnectionOptions& options);

  Connection connection_;
  Metadata metadata_;
};

}  // namespace ichor::rpc
