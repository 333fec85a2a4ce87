// The manifests room: wiring.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/client.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"
#include "machined/manifests/downloads.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// What a control plane gives the cluster, and where it gets it from. Nodes that begin at the same
// time are kept apart by etcd's lock.
class ManifestRoom {
 public:
  // How manifests by URL are fetched.
  using NewClient = std::function<absl::StatusOr<std::unique_ptr<http::Client>>()>;

  // Registers everything. Must outlive the runtime's controllers, as `runtime` and `parts` must
  // outlive it.
  ManifestRoom(Runtime& runtime, ClusterTask::Parts parts, NewClient new_client);

 private:
  void Register();
  // Who is asked: the API server, and etcd for its lock.
  struct Servers {
    kube::Access api;
    kube::Access etcd;
  };

  // Without servers nothing is applied any more.
  void Set(const All<k8s::Manifest>& manifests, const std::optional<Servers>& servers);
  ClusterTask::Work Work(const All<k8s::Manifest>& manifests, const kube::Access& etcd) const;
  void Publish(const std::vector<std::string>& ids);

  Runtime& runtime_;
  Loop& loop_;
  const NewApi new_api_;
  const std::shared_ptr<ManifestRoom*> self_ = std::make_shared<ManifestRoom*>(this);
  ManifestDownloads downloads_;
  ClusterTask apply_;
  std::string given_;  // versions of what `apply_` works on
};

}  // namespace ichor
