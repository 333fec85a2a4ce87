// A cluster of one node, which pulls its images from this machine, and those who talk with it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/image_registry.h"
#include "qemu-tests/kubernetes/kubectl.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/node_api.h"

namespace ichor::qemu {

class KubernetesNode {
 public:
  // Whom a pod may say to be: no machine on QEMU's network. A port of this machine leads there.
  static constexpr const char* kServedAddress = "10.0.2.200";

  // A machine that is off, its config, and a registry. `patches` are of the config, as
  // --config-patch takes them; `version` is whose form it has, "v1.11", or empty for today's.
  static absl::StatusOr<std::unique_ptr<KubernetesNode>> Create(
      const std::vector<std::string>& patches = {}, const std::string& version = "");

  NodeApi& api() { return machine_.api(); }
  Machine& machine() { return machine_; }
  ImageRegistry& registry() { return registry_; }
  const Kubectl& kubectl() const { return kubectl_; }

  // Switches the machine on and gives it its config.
  absl::Status Boot();

  // Lets the cluster begin, once etcd waits for nothing but that; kubectl has what it needs then.
  absl::Status Bootstrap();

  // Waits until etcd waits for nothing but a bootstrap.
  absl::Status AwaitBootstrap();

  // Waits until the node is ready, and all pods that there are, with those of a default config.
  absl::Status AwaitReady() const;

  const std::string& config() const { return cluster_.config; }

  // Gives the node another config, or changes it by a patch, without a reboot.
  absl::Status Apply(const std::string& config);
  absl::Status Patch(const std::string& patch);

  // Cuts the power and switches the machine on again.
  absl::Status CutPower();

  // Gives kubectl the node's own kubeconfig, for the port of this machine that leads there.
  absl::Status FetchKubeconfig();

  // Runs ichorctl as an administrator; what it prints.
  absl::StatusOr<std::string> Ctl(const std::vector<std::string>& words);

 private:
  KubernetesNode(ImageRegistry registry, Cluster cluster, Machine machine, Kubectl kubectl)
      : registry_(std::move(registry)),
        cluster_(std::move(cluster)),
        machine_(std::move(machine)),
        kubectl_(std::move(kubectl)) {}

  ImageRegistry registry_;
  Cluster cluster_;
  Machine machine_;
  Kubectl kubectl_;
};

}  // namespace ichor::qemu
