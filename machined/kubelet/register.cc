#include "machined/kubelet/register.h"

#include "machined/files/rendered_files.h"
#include "machined/kubelet/service.h"

namespace ichor {
namespace {

Report<k8s::KubeletFilesStatus> Write(const All<k8s::KubeletSpec>& specs,
                                      const All<secrets::KubeletSecret>& secrets,
                                      const All<network::ResolverStatus>& resolvers,
                                      const All<network::HostDNSConfig>& host_dns,
                                      const All<block::VolumeMountStatus>& mounted,
                                      const KubeletPlaces& places) {
  KubeletWish wish{.files = RenderKubeletFiles(specs, secrets),
                   .nodename = specs.empty() ? "" : specs.front().spec().expected_nodename(),
                   .accepted_cas = "",
                   .cluster = {},
                   .resolv_conf = RenderPodResolvConf(resolvers, host_dns)};
  if (wish.files.has_value()) {
    wish.cluster = ClusterOf(secrets.front().spec());
    wish.accepted_cas = wish.files->at("pki/ca.crt").contents;
  }
  return WriteKubeletFiles(mounted, wish, places);
}

}  // namespace

void RegisterKubelet(Runtime& runtime, const KubeletPlaces& places) {
  ExpectFileChanges(runtime);
  runtime.Actuate<files::FileChange, k8s::KubeletSpec, secrets::KubeletSecret,
                  network::ResolverStatus, network::HostDNSConfig, block::VolumeMountStatus>(
      "kubelet.write-files", [places](const All<files::FileChange>& /*changes*/,
                                      const auto&... rows) { return Write(rows..., places); });
}

LateService KubeletService() {
  return LateServiceOf<boot::PowerRequest, cri::ContainerRuntime, config::MachineConfig,
                       k8s::KubeletSpec, k8s::KubeletFilesStatus, network::NetworkStatus,
                       time::TimeStatus>(
      "kubelet.define-service",
      [](const All<boot::PowerRequest>& power, const All<cri::ContainerRuntime>& runtimes,
         const All<config::MachineConfig>& configs, const All<k8s::KubeletSpec>& specs,
         const All<k8s::KubeletFilesStatus>& files, const All<network::NetworkStatus>& networks,
         const All<time::TimeStatus>& times) {
        return DefineKubelet({.power = power,
                              .runtimes = runtimes,
                              .configs = configs,
                              .specs = specs,
                              .files = files,
                              .networks = networks,
                              .times = times});
      });
}

}  // namespace ichor
