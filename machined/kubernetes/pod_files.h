// The files that the control plane's programs read, as texts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// User and group of each program.
inline constexpr std::uint32_t kApiServerUser = 65534;
inline constexpr std::uint32_t kControllerManagerUser = 65535;
inline constexpr std::uint32_t kSchedulerUser = 65536;

// The files of one program.
struct PodFiles {
  std::string program;
  std::uint32_t user = 0;
  std::map<std::string, std::string> files;  // contents by name
};

struct ControlPlaneSecrets {
  secrets::KubernetesRootSecret::Spec root;
  secrets::EtcdRootSecret::Spec etcd_root;
  secrets::KubernetesSecret::Spec kubeconfigs;
  secrets::KubernetesDynamicCert::Spec certificates;
  secrets::EtcdSecret::Spec etcd;
  std::string encryption;  // YAML
};

// Keys, certificates and kubeconfigs of the three programs.
std::vector<PodFiles> RenderPodSecrets(const ControlPlaneSecrets& secrets);

struct ControlPlaneConfigs {
  k8s::AdmissionControlConfig::Spec admission;
  k8s::AuditPolicyConfig::Spec audit;
  k8s::AuthorizationConfig::Spec authorization;
  k8s::AuthenticationConfig::Spec authentication;  // empty where it is not used
  k8s::SchedulerConfig::Spec scheduler;
};

// Configurations of the API server and the scheduler, in the forms of Kubernetes.
std::vector<PodFiles> RenderPodConfigs(const ControlPlaneConfigs& configs);

}  // namespace ichor
