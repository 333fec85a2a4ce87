#include "lib/rpc/server.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/log/check.h"
#include "lib/base/status.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

class AnsweringCall : public Call {
 public:
  AnsweringCall(Stream& stream, std::function<absl::StatusOr<std::string>(std::string_view)> method)
      : stream_(stream), method_(std::move(method)) {}

  void OnMessage(std::string message) override {
    if (std::exchange(answered_, true)) {
      return;
    }
    const absl::StatusOr<std::string> reply = method_(message);
    if (reply.ok()) {
      stream_.Send(*reply);
    }
    stream_.Finish(reply.status());
  }

  void OnEnd(const absl::Status& /*status*/) override {
    if (!answered_) {
      stream_.Finish(absl::InvalidArgumentError("no request"));
    }
  }

 private:
  Stream& stream_;
  const std::function<absl::StatusOr<std::string>(std::string_view)> method_;
  bool answered_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Create(Loop& loop, Options options) {
  ASSIGN_OR_RETURN(base::UniqueFd listener, sys::ListenUnix(options.path));
  return std::unique_ptr<Server>(new Server(loop, std::move(options), std::move(listener)));
}

Server::Server(Loop& loop, Options options, base::UniqueFd listener)
    : loop_(loop), options_(std::move(options)), listener_(std::move(listener)) {
  const absl::Status added =
      loop_.poller().Add(listener_.get(), EPOLLIN, [this](std::uint32_t) { AcceptAll(); });
  CHECK(added.ok()) << added;  // it is a fresh socket
}

Server::~Server() {
  loop_.poller().Remove(listener_.get());
}

void Server::AcceptAll() {
  while (true) {
    absl::StatusOr<base::UniqueFd> fd = sys::Accept(listener_.get());
    if (!fd.ok()) {
      return;
    }
    if (connections_.size() < options_.max_connections) {
      Add(*std::move(fd));
    }
  }
}

void Server::Add(base::UniqueFd fd) {
  const std::uint64_t id = next_connection_++;
  connections_[id] = std::make_unique<Connection>(
      loop_, std::move(fd), Connection::Role::kServer, options_.connection,
      [this](std::string_view path, Stream& stream) { return NewCall(path, stream); },
      [this, id] { connections_.erase(id); });
}

std::unique_ptr<Call> Server::NewCall(std::string_view path, Stream& stream) const {
  const auto method = methods_.find(path);
  return method == methods_.end() ? nullptr : method->second(stream);
}

std::unique_ptr<Call> UnaryCall(
    Stream& stream, std::function<absl::StatusOr<std::string>(std::string_view)> method) {
  return std::make_unique<AnsweringCall>(stream, std::move(method));
}

}  // namespace ichor::rpc
