#include "lib/config/validate/conflicts.h"

#include <array>

namespace ichor::config {

std::span<const LegacyConflict> AllLegacyConflicts() {
  static constexpr auto kConflicts = std::to_array<LegacyConflict>({
      {"DiscoveryIdentityConfig", "cluster.id"},
      {"DiscoveryIdentityConfig", "cluster.secret"},
      {"DiscoveryServiceConfig", "cluster.discovery"},
      {"HostnameConfig", "machine.features.stableHostname"},
      {"HostnameConfig", "machine.network.hostname"},
      {"KubeAPIServerCAConfig", "cluster.acceptedCAs"},
      {"KubeAPIServerCAConfig", "cluster.ca"},
      {"KubeAPIServerConfig", "cluster.apiServer"},
      {"KubeAPIServerConfig", "cluster.controlPlane.localAPIServerPort"},
      {"KubeAdmissionControlConfig", "cluster.apiServer.admissionControl"},
      {"KubeAggregatorCAConfig", "cluster.aggregatorCA"},
      {"KubeAuditPolicyConfig", "cluster.apiServer.auditPolicy"},
      {"KubeAuthorizerConfig", "cluster.apiServer.authorizationConfig"},
      {"KubeClusterConfig", "cluster.clusterName"},
      {"KubeClusterConfig", "cluster.controlPlane.endpoint"},
      {"KubeControllerManagerConfig", "cluster.controllerManager"},
      {"KubeControllerManagerConfig", "machine.controlPlane.controllerManager"},
      {"KubeCoreDNSConfig", "cluster.coreDNS"},
      {"KubeCredentialProviderConfig", "machine.kubelet"},
      {"KubeEtcdEncryptionConfig", "cluster.aescbcEncryptionSecret"},
      {"KubeEtcdEncryptionConfig", "cluster.secretboxEncryptionSecret"},
      {"KubeFlannelCNIConfig", "cluster.network"},
      {"KubeNetworkConfig", "cluster.network"},
      {"KubeNodeConfig", "cluster.allowSchedulingOnControlPlanes"},
      {"KubeNodeConfig", "cluster.allowSchedulingOnMasters"},
      {"KubeNodeConfig", "machine.kubelet.nodeIP"},
      {"KubeNodeConfig", "machine.kubelet.registerWithFQDN"},
      {"KubeNodeConfig", "machine.kubelet.skipNodeRegistration"},
      {"KubeNodeConfig", "machine.nodeAnnotations"},
      {"KubeNodeConfig", "machine.nodeLabels"},
      {"KubeNodeConfig", "machine.nodeTaints"},
      {"KubePrismConfig", "machine.features.kubePrism"},
      {"KubeProxyConfig", "cluster.proxy"},
      {"KubeSchedulerConfig", "cluster.scheduler"},
      {"KubeSchedulerConfig", "machine.controlPlane.scheduler"},
      {"KubeServiceAccountConfig", "cluster.serviceAccount"},
      {"KubeSpanConfig", "machine.network.kubespan"},
      {"KubeTalosAPIAccessConfig", "machine.features.kubernetesTalosAPIAccess"},
      {"KubeletConfig", "machine.kubelet"},
      {"ResolverConfig", "machine.features.hostDNS"},
      {"ResolverConfig", "machine.network.disableSearchDomain"},
      {"ResolverConfig", "machine.network.nameservers"},
      {"ResolverConfig", "machine.network.searchDomains"},
      {"TimeSyncConfig", "machine.time"},
      {"UnattendedInstallConfig", "machine.install"},
      {"VolumeConfig", "machine.systemDiskEncryption.ephemeral", "EPHEMERAL"},
      {"VolumeConfig", "machine.systemDiskEncryption.state", "STATE"},
  });
  return kConflicts;
}

}  // namespace ichor::config
