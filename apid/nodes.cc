#include "apid/nodes.h"

#include <algorithm>
#include <format>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/rpc/client.h"
#include "lib/rpc/tls.h"

namespace ichor::apid {
namespace {

constexpr std::chrono::seconds kLookInterval{1};

// "10.0.0.2:50000", "[fd00::2]:50000". Nothing if `target` is no address.
std::optional<std::string> EndpointOf(const std::string& target, std::uint16_t port) {
  const std::optional<common::NetIP> ip = ParseNetIP(target);
  if (!ip.has_value() || ip->ip().empty() || target.contains('%')) {
    return std::nullopt;
  }
  return target.contains(':') ? std::format("[{}]:{}", target, port)
                              : std::format("{}:{}", target, port);
}

}  // namespace

class Nodes::Node : public Hop {
 public:
  Node(Nodes& nodes, std::string address, std::string endpoint)
      : nodes_(nodes),
        address_(std::move(address)),
        endpoint_(std::move(endpoint)),
        used_(nodes.clock_.Monotonic()) {}

  absl::Status Open(const std::string& path, const rpc::Metadata& metadata,
                    const MakeCall& make_call) override {
    used_ = nodes_.clock_.Monotonic();
    if (client_ == nullptr || client_->closed()) {
      if (const absl::Status connected = Connect(); !connected.ok()) {
        return absl::UnavailableError(
            std::format("node {}: {}", address_, base::MessageOf(connected)));
      }
    }
    client_->Open(path, metadata, make_call);
    return absl::OkStatus();
  }

  absl::Status Explain(const absl::Status& status) const override {
    if (status.ok() || !client_->closed()) {
      return status;  // it is the node's own
    }
    std::string_view why = base::MessageOf(status);
    if (const std::string name = std::format("TLS with {}: ", address_); why.starts_with(name)) {
      why.remove_prefix(name.size());
    }
    return absl::UnavailableError(std::format("node {}: {}", address_, why));
  }

  bool idle() const { return client_ == nullptr || client_->closed() || client_->idle(); }

  // Whether it shall go; breaks off what takes too long.
  bool IsDone() {
    const base::MonotonicTime now = nodes_.clock_.Monotonic();
    if (client_ != nullptr && !client_->established() && !client_->closed() &&
        now >= connecting_since_ + nodes_.options_.connect_timeout) {
      client_->Break(absl::UnavailableError(
          std::format("no answer within {} s", nodes_.options_.connect_timeout.count())));
    }
    if (!idle()) {
      used_ = now;
    }
    return now >= used_ + nodes_.options_.idle_timeout;
  }

 private:
  absl::Status Connect() {
    if (!nodes_.credentials_.has_value()) {
      return absl::FailedPreconditionError("this node has no certificate to show to others");
    }
    const Credentials& own = *nodes_.credentials_;
    ASSIGN_OR_RETURN(std::shared_ptr<const rpc::TlsContext> context,
                     rpc::NewTlsClientContext({.trust = rpc::TlsTrust::kCa,
                                               .server_name = address_,
                                               .cas_pem = own.cas_pem,
                                               .certificate_pem = own.certificate_pem,
                                               .key_pem = own.key_pem.text()}));
    rpc::ConnectionOptions options;
    options.stream_window_bytes = 128 << 10;
    ASSIGN_OR_RETURN(client_,
                     rpc::Client::ConnectTls(nodes_.loop_, endpoint_, std::move(context), options));
    connecting_since_ = nodes_.clock_.Monotonic();
    return absl::OkStatus();
  }

  Nodes& nodes_;
  const std::string address_;
  const std::string endpoint_;
  base::MonotonicTime used_;
  base::MonotonicTime connecting_since_;
  std::unique_ptr<rpc::Client> client_;
};

Nodes::Nodes(Loop& loop, const base::Clock& clock, const NodesOptions& options)
    : loop_(loop), clock_(clock), options_(options) {}

Nodes::~Nodes() {
  if (timer_.has_value()) {
    loop_.Cancel(*timer_);
  }
}

void Nodes::SetCredentials(std::optional<Credentials> credentials) {
  if (credentials_ == credentials) {
    return;
  }
  credentials_ = std::move(credentials);
  retired_.reserve(retired_.size() + nodes_.size());
  for (auto& [address, node] : std::exchange(nodes_, {})) {
    retired_.push_back(std::move(node));
  }
}

absl::StatusOr<Hop*> Nodes::To(const std::string& target) {
  const std::optional<std::string> endpoint = EndpointOf(target, options_.port);
  if (!endpoint.has_value()) {
    return absl::InternalError(
        std::format("node \"{}\": expected an IP address without a port", target));
  }
  if (!credentials_.has_value()) {
    return absl::PermissionDeniedError("no request forwarding");
  }
  if (const auto found = nodes_.find(target); found != nodes_.end()) {
    return found->second.get();
  }
  if (connections() >= options_.max_nodes) {
    const auto idle =
        std::ranges::find_if(nodes_, [](const auto& entry) { return entry.second->idle(); });
    if (idle == nodes_.end()) {
      return absl::ResourceExhaustedError(
          std::format("node {}: too many other nodes are being called", target));
    }
    nodes_.erase(idle);
  }
  LookLater();
  return nodes_.emplace(target, std::make_unique<Node>(*this, target, *endpoint))
      .first->second.get();
}

void Nodes::Look() {
  std::erase_if(nodes_, [](const auto& entry) { return entry.second->IsDone(); });
  std::erase_if(retired_, [](const auto& node) { return node->IsDone() || node->idle(); });
  if (connections() > 0) {
    LookLater();
  }
}

void Nodes::LookLater() {
  if (!timer_.has_value()) {
    timer_ = loop_.RunAt(clock_.Monotonic() + kLookInterval, [this] {
      timer_.reset();
      Look();
    });
  }
}

}  // namespace ichor::apid
