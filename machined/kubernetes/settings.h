// What the machine config says of Kubernetes, whichever form says it: documents, or the sections
// of the one-document form.
#pragma once

#include <optional>
#include <string>

#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "lib/config/config.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"

namespace ichor {

// A reader of one config. Each answer has the shape of the document about its subject, with
// defaults; a document counts before the section, and a section only where there is no document.
class KubernetesSettings {
 public:
  // Of the config in force; nothing without one that says what the machine is.
  static std::optional<KubernetesSettings> Of(const All<config::MachineConfig>& configs);

  // The same for a machine that runs the control plane: it is one by its type, and has a CA.
  static std::optional<KubernetesSettings> OfControlPlane(
      const All<config::MachineConfig>& configs);

  // The same for a machine that is a node of Kubernetes: one that knows a CA of it.
  static std::optional<KubernetesSettings> OfNode(const All<config::MachineConfig>& configs);

  explicit KubernetesSettings(config::Config config);

  bool IsControlPlaneType() const;

  config::v1alpha1::KubeClusterConfig Cluster() const;
  config::v1alpha1::KubeNetworkConfig Networks() const;
  config::v1alpha1::KubeNodeConfig Node() const;
  config::v1alpha1::KubeletConfig Kubelet() const;
  // The port is 0 where it is off.
  config::v1alpha1::KubePrismConfig KubePrism() const;

  config::v1alpha1::KubeAPIServerCAConfig Ca() const;
  config::v1alpha1::KubeAggregatorCAConfig AggregatorCa() const;
  // The issuer's key is PEM here.
  config::v1alpha1::KubeServiceAccountConfig ServiceAccount() const;

  config::v1alpha1::KubeAPIServerConfig ApiServer() const;
  config::v1alpha1::KubeControllerManagerConfig ControllerManager() const;
  config::v1alpha1::KubeSchedulerConfig Scheduler() const;
  config::v1alpha1::KubeProxyConfig Proxy() const;
  config::v1alpha1::KubeCoreDNSConfig CoreDns() const;
  // Nothing where the container network is another one, or none.
  std::optional<config::v1alpha1::KubeFlannelCNIConfig> Flannel() const;
  // "flannel", "custom" or "none".
  std::string CniName() const;

  // What only the one-document form says, with its defaults.
  const config::v1alpha1::Cluster& cluster() const { return legacy_.cluster(); }
  const config::v1alpha1::Machine& machine() const { return legacy_.machine(); }
  const config::Config& config() const { return config_; }

 private:
  config::Config config_;
  config::v1alpha1::LegacyConfig legacy_;
};

}  // namespace ichor
