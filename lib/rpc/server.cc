#include "lib/rpc/server.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"
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

absl::StatusOr<std::unique_ptr<Server>> Server::Create(Loop& loop, const Options& options) {
  ASSIGN_OR_RETURN(base::UniqueFd listener, sys::ListenUnix(options.path));
  TlsOptions all{.max_connections = options.max_connections, .connection = options.connection};
  return std::unique_ptr<Server>(new Server(loop, std::move(all), nullptr, std::move(listener)));
}

absl::StatusOr<std::unique_ptr<Server>> Server::CreateTls(Loop& loop, const base::Clock& clock,
                                                          TlsOptions options) {
  ASSIGN_OR_RETURN(base::UniqueFd listener, sys::ListenTcp(options.address));
  return std::unique_ptr<Server>(new Server(loop, std::move(options), &clock, std::move(listener)));
}

Server::Server(Loop& loop, TlsOptions options, const base::Clock* clock, base::UniqueFd listener)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      listener_(std::move(listener)),
      context_(options_.context) {
  const absl::Status added =
      loop_.poller().Add(listener_.get(), EPOLLIN, [this](std::uint32_t) { AcceptAll(); });
  CHECK(added.ok()) << added;  // it is a fresh socket
}

Server::~Server() {
  loop_.poller().Remove(listener_.get());
  for (const auto& [id, timer] : handshakes_) {
    loop_.Cancel(timer);
  }
}

absl::StatusOr<std::uint16_t> Server::Port() const {
  return sys::PortOf(listener_.get());
}

void Server::AcceptAll() {
  while (true) {
    absl::StatusOr<base::UniqueFd> fd = sys::Accept(listener_.get());
    if (!fd.ok()) {
      return;
    }
    if (MakeRoom()) {
      Add(*std::move(fd));
    }
  }
}

// Whether there may be one connection more.
bool Server::MakeRoom() {
  if (context_ != nullptr) {
    std::erase_if(handshakes_, [this](const auto& handshake) {
      const bool done = connections_.at(handshake.first)->established();
      if (done) {
        loop_.Cancel(handshake.second);
      }
      return done;
    });
    if (handshakes_.size() >= options_.max_handshakes) {
      Drop(handshakes_.begin()->first);
    }
  }
  if (connections_.size() < options_.max_connections) {
    return true;
  }
  const auto idle = std::ranges::find_if(connections_, [](const auto& entry) {
    return entry.second->established() && entry.second->idle();
  });
  if (context_ == nullptr || idle == connections_.end()) {
    return false;
  }
  Drop(idle->first);
  return true;
}

void Server::Add(base::UniqueFd fd) {
  const std::uint64_t id = next_connection_++;
  std::unique_ptr<Transport> transport;
  if (context_ == nullptr) {
    transport = NewPlainTransport(std::move(fd));
  } else {
    sys::TuneTcp(fd.get());
    transport = NewTlsTransport(std::move(fd), context_);
    WatchHandshake(id);
  }
  connections_[id] = std::make_unique<Connection>(
      loop_, std::move(transport), Connection::Role::kServer, options_.connection,
      [this](std::string_view path, Stream& stream) { return NewCall(path, stream); },
      [this, id](const absl::Status& reason) { OnClosed(id, reason); });
}

void Server::WatchHandshake(std::uint64_t id) {
  const auto deadline = clock_->Monotonic() + options_.handshake_timeout;
  handshakes_[id] = loop_.RunAt(deadline, [this, id] {
    handshakes_.erase(id);
    if (const auto found = connections_.find(id);
        found != connections_.end() && !found->second->established()) {
      OnClosed(id, absl::DeadlineExceededError("TLS with " + found->second->peer().address +
                                               ": the handshake takes too long"));
    }
  });
}

void Server::Drop(std::uint64_t id) {
  if (const auto handshake = handshakes_.extract(id); !handshake.empty()) {
    loop_.Cancel(handshake.mapped());
  }
  connections_.erase(id);
}

// Strangers may fail as often as they like: one line a second says so. Those who only look whether
// somebody listens do not count.
void Server::OnClosed(std::uint64_t id, const absl::Status& reason) {
  const auto found = connections_.find(id);
  if (found != connections_.end() && clock_ != nullptr && clock_->Monotonic() >= next_log_) {
    const bool failed = !found->second->established() && !absl::IsCancelled(reason);
    if (failed || found->second->violated()) {
      base::Log(base::Severity::kInfo, "{}", base::MessageOf(reason));
      next_log_ = clock_->Monotonic() + std::chrono::seconds(1);
    }
  }
  Drop(id);
}

std::unique_ptr<Call> Server::NewCall(std::string_view path, Stream& stream) const {
  const auto method = methods_.find(path);
  if (method != methods_.end()) {
    return method->second(stream);
  }
  return rest_ == nullptr ? nullptr : rest_(path, stream);
}

std::unique_ptr<Call> UnaryCall(
    Stream& stream, std::function<absl::StatusOr<std::string>(std::string_view)> method) {
  return std::make_unique<AnsweringCall>(stream, std::move(method));
}

}  // namespace ichor::rpc
