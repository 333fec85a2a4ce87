#include "lib/rpc/client.h"

#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

class ClientCall : public Call {
 public:
  ClientCall(std::function<void(std::string)> on_message, std::function<void(absl::Status)> on_end)
      : on_message_(std::move(on_message)), on_end_(std::move(on_end)) {}

  void OnMessage(std::string message) override { on_message_(std::move(message)); }
  void OnEnd(const absl::Status& status) override { on_end_(status); }

 private:
  const std::function<void(std::string)> on_message_;
  const std::function<void(absl::Status)> on_end_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(Loop& loop, const std::string& path,
                                                        const ConnectionOptions& options) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, sys::ConnectUnix(path));
  return std::unique_ptr<Client>(new Client(loop, NewPlainTransport(std::move(fd)), options));
}

absl::StatusOr<std::unique_ptr<Client>> Client::ConnectTls(
    Loop& loop, const std::string& address, std::shared_ptr<const TlsContext> context,
    const ConnectionOptions& options) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, sys::StartConnectTcp(address));
  return std::unique_ptr<Client>(
      new Client(loop, NewTlsTransport(std::move(fd), std::move(context)), options));
}

Client::Client(Loop& loop, std::unique_ptr<Transport> transport, const ConnectionOptions& options)
    : connection_(
          loop, std::move(transport), Connection::Role::kClient, options,
          [](std::string_view, Stream&) { return nullptr; }, [](const absl::Status&) {}) {}

void Client::Unary(const std::string& path, const std::string& request,
                   std::function<void(absl::StatusOr<std::string>)> on_done) {
  auto reply = std::make_shared<std::optional<std::string>>();
  ServerStream(
      path, request, [reply](std::string message) { *reply = std::move(message); },
      [reply, on_done = std::move(on_done)](const absl::Status& status) {
        if (!status.ok()) {
          on_done(status);
        } else if (!reply->has_value()) {
          on_done(absl::InternalError("the reply is missing"));
        } else {
          on_done(**reply);
        }
      });
}

void Client::ServerStream(const std::string& path, const std::string& request,
                          std::function<void(std::string)> on_message,
                          std::function<void(absl::Status)> on_end) {
  connection_.Open(path, metadata_, [&](Stream& stream) {
    stream.Send(request);
    stream.CloseSending();
    return std::make_unique<ClientCall>(std::move(on_message), std::move(on_end));
  });
}

}  // namespace ichor::rpc
