// KubePrism: the API servers of the cluster behind one address of this machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/message_stream.h"
#include "machined/kubeprism/dialer.h"
#include "machined/kubeprism/ranking.h"
#include "machined/kubeprism/relay.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// Takes TCP connections as KubePrismConfig says, leads each to an API server that answers, and
// publishes KubePrismStatus "k8s-loadbalancer". Servers are checked every 20 s, and every 2 s while
// none answers. Carries at most 1,024 connections; more are closed at once. Loop's thread only.
class Balancer {
 public:
  static constexpr std::size_t kMostConnections = 1024;
  static constexpr std::chrono::seconds kCheckInterval{20};
  static constexpr std::chrono::seconds kHurriedInterval{2};

  // All of both must outlive it.
  Balancer(Runtime& runtime, Dialer::Doors doors);
  ~Balancer();
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  // What it does from now on; absent: nothing. Connections that stand are not disturbed by other
  // servers, but by another address.
  void Follow(const std::optional<k8s::KubePrismConfig::Spec>& config);

  // The port that it listens on.
  std::optional<std::uint16_t> port() const;
  // How many connections it carries, or tries to.
  std::size_t connections() const { return dialing_ + relays_.size(); }

  // For tasks that may outlive it.
  std::weak_ptr<Balancer*> self() const { return self_; }

 private:
  struct Session;

  void Stop();
  void Listen();
  void Accept(base::UniqueFd client);
  void Connect(const std::shared_ptr<Session>& session);
  void Carry(base::UniqueFd client, base::UniqueFd server);
  void Check();
  void EndRound();
  void OnChecked(const Upstream& upstream, const absl::StatusOr<Dialer::Connection>& found);
  void Publish();

  Runtime& runtime_;
  const Dialer::Doors doors_;
  const std::shared_ptr<Balancer*> self_ = std::make_shared<Balancer*>(this);
  std::string address_;  // "127.0.0.1:7445"; empty: it does nothing
  std::unique_ptr<sys::StreamListener> listener_;
  std::unique_ptr<Dialer> dialer_;
  UpstreamRanking ranking_;
  std::size_t dialing_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Relay>> relays_;
  std::uint64_t next_relay_ = 0;
  std::size_t checking_ = 0;  // checks under way
  bool answered_ = false;     // by anybody, in this round
  std::optional<Loop::TimerId> timer_;
  std::optional<bool> healthy_;  // as it was said last
};

// Makes `balancer` follow the config. It must outlive the loop's tasks, or go first.
void RegisterKubePrism(Runtime& runtime, Loop& loop, Balancer& balancer);

}  // namespace ichor
