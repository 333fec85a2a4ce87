// The static pods as the kubelet fetches them, and where.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/kubernetes/static_pod_server.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// The pods as one list of Kubernetes, in YAML.
std::string RenderPodList(const All<k8s::StaticPod>& pods);

// Serves the list on machines with a kubelet, and publishes StaticPodServerStatus
// "static-pod-server-status". The port is that of an earlier machined, if the checkpoint has one.
// Loop's thread only.
class StaticPodList {
 public:
  // Both must outlive it.
  StaticPodList(Runtime& runtime, Loop& loop);
  StaticPodList(const StaticPodList&) = delete;
  StaticPodList& operator=(const StaticPodList&) = delete;

  // Whether a kubelet of this machine asks for it.
  void Serve(bool wanted);
  // What RenderPodList says now; before the first one, who asks is told to come again.
  void SetList(std::string list);

  // What is served; empty before there is a list.
  std::string list() const { return list_.value_or(""); }

  // For tasks that may outlive it.
  std::weak_ptr<StaticPodList*> self() const { return self_; }

 private:
  std::uint16_t EarlierPort() const;

  Runtime& runtime_;
  Loop& loop_;
  const std::shared_ptr<StaticPodList*> self_ = std::make_shared<StaticPodList*>(this);
  std::optional<std::string> list_;
  std::unique_ptr<StaticPodServer> server_;
};

}  // namespace ichor
