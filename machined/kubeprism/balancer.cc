#include "machined/kubeprism/balancer.h"

#include <format>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/tcp_socket.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "kubeprism.balancer";

// Without the balancer itself, which would call itself for ever.
std::vector<Upstream> UpstreamsOf(const k8s::KubePrismConfig::Spec& config) {
  std::vector<Upstream> upstreams;
  for (const auto& endpoint : config.endpoints()) {
    const bool here = endpoint.host() == config.host() || endpoint.host() == "localhost" ||
                      endpoint.host() == "::1";
    if (!here || std::cmp_not_equal(endpoint.port(), config.port())) {
      upstreams.push_back(
          {.host = endpoint.host(), .port = static_cast<std::uint16_t>(endpoint.port())});
    }
  }
  return upstreams;
}

}  // namespace

// A client, and whom it was not led to yet.
struct Balancer::Session {
  base::UniqueFd client;
  std::vector<Upstream> left;  // the next one last
};

Balancer::Balancer(Runtime& runtime, Dialer::Doors doors)
    : runtime_(runtime), doors_(std::move(doors)) {
  runtime_.AddSource<k8s::KubePrismStatus>(kSource);
  runtime_.Publish<k8s::KubePrismStatus>(kSource, {});
}

Balancer::~Balancer() {
  if (timer_.has_value()) {
    doors_.loop.Cancel(*timer_);
  }
}

void Balancer::Follow(const std::optional<k8s::KubePrismConfig::Spec>& config) {
  const std::string address =
      config.has_value() ? std::format("{}:{}", config->host(), config->port()) : "";
  if (address != address_) {
    Stop();
    address_ = address;
  }
  if (!config.has_value()) {
    return;
  }
  ranking_.Set(UpstreamsOf(*config));
  if (dialer_ == nullptr) {
    dialer_ = std::make_unique<Dialer>(doors_);
  }
  Check();
}

std::optional<std::uint16_t> Balancer::port() const {
  if (listener_ == nullptr) {
    return std::nullopt;
  }
  const auto port = listener_->port();
  return port.ok() ? std::optional(*port) : std::nullopt;
}

void Balancer::Stop() {
  listener_.reset();
  dialer_.reset();
  relays_.clear();
  dialing_ = 0;
  checking_ = 0;
  ranking_.Set({});
  if (const auto timer = std::exchange(timer_, std::nullopt); timer.has_value()) {
    doors_.loop.Cancel(*timer);
  }
  healthy_.reset();
  runtime_.Publish<k8s::KubePrismStatus>(kSource, {});
}

// Tried again with each round of checks.
void Balancer::Listen() {
  auto listener = sys::StreamListener::Listen(doors_.loop.poller(), address_,
                                              [this](base::UniqueFd fd) { Accept(std::move(fd)); });
  if (listener.ok()) {
    listener_ = *std::move(listener);
  } else {
    base::Log(base::Severity::kWarning, "kubeprism: {}", base::MessageOf(listener.status()));
  }
}

void Balancer::Accept(base::UniqueFd client) {
  if (connections() >= kMostConnections) {
    return;  // closes it
  }
  sys::TuneRelayedTcp(client.get());
  const std::vector<Upstream> order = ranking_.Next();
  ++dialing_;
  Connect(std::make_shared<Session>(
      Session{.client = std::move(client), .left = {order.rbegin(), order.rend()}}));
}

void Balancer::Connect(const std::shared_ptr<Session>& session) {
  if (session->left.empty()) {
    --dialing_;
    return;  // closes the client
  }
  const Upstream upstream = std::move(session->left.back());
  session->left.pop_back();
  dialer_->Dial(upstream, Dialer::Names::kAsKnown,
                [this, session, upstream](absl::StatusOr<Dialer::Connection> server) {
                  if (!server.ok()) {
                    ranking_.Fail(upstream);
                    Connect(session);
                    return;
                  }
                  --dialing_;
                  ranking_.Succeed(upstream, server->latency);
                  Publish();
                  Carry(std::move(session->client), std::move(server->fd));
                });
}

void Balancer::Carry(base::UniqueFd client, base::UniqueFd server) {
  sys::TuneRelayedTcp(server.get());
  const std::uint64_t id = next_relay_++;
  auto relay = std::make_unique<Relay>(doors_.loop.poller(), std::move(client), std::move(server),
                                       [this, id] { relays_.erase(id); });
  if (relay->Start().ok()) {
    relays_[id] = std::move(relay);
  }
}

// One round; the next one is due some time after its end.
void Balancer::Check() {
  if (checking_ > 0) {
    return;
  }
  if (listener_ == nullptr) {
    Listen();
  }
  if (const auto timer = std::exchange(timer_, std::nullopt); timer.has_value()) {
    doors_.loop.Cancel(*timer);
  }
  const std::vector<Upstream> upstreams = ranking_.All();
  checking_ = upstreams.size();
  answered_ = false;
  if (upstreams.empty()) {
    EndRound();
  }
  for (const Upstream& upstream : upstreams) {
    dialer_->Dial(upstream, Dialer::Names::kAnew,
                  [this, upstream](const auto& found) { OnChecked(upstream, found); });
  }
}

void Balancer::OnChecked(const Upstream& upstream,
                         const absl::StatusOr<Dialer::Connection>& found) {
  if (found.ok()) {
    answered_ = true;
    ranking_.Succeed(upstream, found->latency);
  } else {
    ranking_.Fail(upstream);
  }
  if (--checking_ == 0) {
    EndRound();
  }
}

void Balancer::EndRound() {
  Publish();
  const bool well = answered_ && ranking_.IsHealthy() && listener_ != nullptr;
  timer_ = doors_.loop.RunAt(doors_.clock.Monotonic() + (well ? kCheckInterval : kHurriedInterval),
                             [this] {
                               timer_.reset();
                               Check();
                             });
}

void Balancer::Publish() {
  const bool healthy = ranking_.IsHealthy() && listener_ != nullptr;
  if (std::exchange(healthy_, healthy) == healthy) {
    return;
  }
  k8s::KubePrismStatus::Spec status;
  status.set_host(address_);
  status.set_healthy(healthy);
  runtime_.Publish<k8s::KubePrismStatus>(kSource, {{"k8s-loadbalancer", std::move(status)}});
}

void RegisterKubePrism(Runtime& runtime, Loop& loop, Balancer& balancer) {
  runtime.Actuate<k8s::KubePrismConfig>(
      "kubeprism.balance",
      [mailbox = loop.mailbox(), weak = balancer.self()](const All<k8s::KubePrismConfig>& configs) {
        std::optional<k8s::KubePrismConfig::Spec> config;
        if (!configs.empty()) {
          config = configs.front().spec();
        }
        mailbox->Post([weak, config = std::move(config)] {
          if (const auto alive = weak.lock()) {
            (*alive)->Follow(config);
          }
        });
        return absl::OkStatus();
      });
}

}  // namespace ichor
