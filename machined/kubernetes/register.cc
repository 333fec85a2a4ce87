#include "machined/kubernetes/register.h"

#include <utility>

#include "machined/files/rendered_files.h"
#include "machined/kubernetes/address_filters.h"
#include "machined/kubernetes/component_configs.h"
#include "machined/kubernetes/kubelet.h"
#include "machined/kubernetes/node.h"
#include "machined/kubernetes/static_pods.h"
#include "machined/kubernetes/write_files.h"

namespace ichor {
namespace {

// Runs `task` on the loop with what `list` still points to.
template <class F>
void Tell(Mailbox& mailbox, const std::weak_ptr<StaticPodList*>& list, F task) {
  mailbox.Post([list, task = std::move(task)] {
    if (const std::shared_ptr<StaticPodList*> self = list.lock()) {
      task(**self);
    }
  });
}

void RegisterSettings(Runtime& runtime) {
  runtime.Reconcile("kubernetes.derive-api-server", DeriveApiServer);
  runtime.Reconcile("kubernetes.derive-controller-manager", DeriveControllerManager);
  runtime.Reconcile("kubernetes.derive-scheduler", DeriveScheduler);
  runtime.Reconcile("kubernetes.derive-admission-control", DeriveAdmissionControl);
  runtime.Reconcile("kubernetes.derive-audit-policy", DeriveAuditPolicy);
  runtime.Reconcile("kubernetes.derive-authentication", DeriveAuthentication);
  runtime.Reconcile("kubernetes.derive-authorization", DeriveAuthorization);
  runtime.Reconcile("kubernetes.render-encryption", RenderEncryption);
}

void RegisterNode(Runtime& runtime) {
  runtime.Reconcile("kubernetes.derive-kubelet", DeriveKubelet);
  runtime.Reconcile("kubernetes.render-kubelet", RenderKubelet);
  runtime.Reconcile("kubernetes.show-kubelet", ShowKubelet);
  runtime.Reconcile("kubernetes.derive-nodename", DeriveNodename);
  runtime.Reconcile("kubernetes.derive-node-ip-config", DeriveNodeIpConfig);
  runtime.Reconcile("kubernetes.choose-node-ips", ChooseNodeIps);
  runtime.Reconcile("kubernetes.derive-address-filters", DeriveAddressFilters);
  runtime.Reconcile("kubernetes.derive-labels", DeriveLabels);
  runtime.Reconcile("kubernetes.derive-annotations", DeriveAnnotations);
  runtime.Reconcile("kubernetes.derive-taints", DeriveTaints);
  runtime.Reconcile("kubernetes.derive-kubeprism-endpoints", DeriveKubePrismEndpoints);
  runtime.Reconcile("kubernetes.derive-kubeprism", DeriveKubePrism);
}

void RegisterFiles(Runtime& runtime, const std::string& secrets, const std::string& configs) {
  ExpectFileChanges(runtime);
  runtime.Actuate<files::FileChange, secrets::KubernetesRootSecret, secrets::EtcdRootSecret,
                  secrets::KubernetesSecret, secrets::KubernetesDynamicCert, secrets::EtcdSecret,
                  k8s::EtcdEncryptionConfig>(
      "kubernetes.write-secrets",
      [directory = secrets + "/kubernetes"](const All<files::FileChange>& /*changes*/,
                                            const auto&... rows) {
        return WriteFiles<k8s::SecretStatus>(SecretFiles(rows...), directory);
      });
  runtime.Actuate<files::FileChange, k8s::AdmissionControlConfig, k8s::AuditPolicyConfig,
                  k8s::AuthorizationConfig, k8s::AuthenticationConfig, k8s::SchedulerConfig>(
      "kubernetes.write-configs",
      [directory = configs + "/kubernetes"](const All<files::FileChange>& /*changes*/,
                                            const auto&... rows) {
        return WriteFiles<k8s::ConfigStatus>(ConfigFiles(rows...), directory);
      });
}

}  // namespace

std::unique_ptr<StaticPodList> RegisterKubernetes(Runtime& runtime, Loop& loop,
                                                  const std::string& secrets,
                                                  const std::string& configs, bool fresh) {
  if (fresh || !runtime.Read<k8s::StaticPodServerStatus>().empty()) {
    // Pods of the config do not wait for those that etcd is needed for. Those that an earlier
    // machined stated are in the checkpoint; where that is lost, a short list would end them.
    runtime.SetExternal(TypeRef::Of<k8s::StaticPod>(), true);
  }
  auto list = std::make_unique<StaticPodList>(runtime, loop);
  RegisterSettings(runtime);
  RegisterNode(runtime);
  RegisterFiles(runtime, secrets, configs);
  runtime.Reconcile("kubernetes.render-control-plane-pods", RenderControlPlanePods);
  runtime.Reconcile("kubernetes.derive-user-pods", DeriveUserPods);
  runtime.Actuate<secrets::KubeletSecret>(
      "kubernetes.serve-static-pods",
      [mailbox = loop.mailbox(), weak = list->self()](const All<secrets::KubeletSecret>& kubelets) {
        Tell(*mailbox, weak,
             [wanted = !kubelets.empty()](StaticPodList& self) { self.Serve(wanted); });
        return absl::OkStatus();
      });
  runtime.Actuate<k8s::StaticPod>(
      "kubernetes.list-static-pods",
      [mailbox = loop.mailbox(), weak = list->self()](const All<k8s::StaticPod>& pods) {
        Tell(*mailbox, weak,
             [text = RenderPodList(pods)](StaticPodList& self) { self.SetList(text); });
        return absl::OkStatus();
      });
  return list;
}

std::vector<Kind> KubernetesCheckpointKinds() {
  return {TypeRef::Of<k8s::APIServerConfig>().kind,
          TypeRef::Of<k8s::ControllerManagerConfig>().kind,
          TypeRef::Of<k8s::SchedulerConfig>().kind,
          TypeRef::Of<k8s::SecretStatus>().kind,
          TypeRef::Of<k8s::ConfigStatus>().kind,
          TypeRef::Of<k8s::StaticPod>().kind,
          TypeRef::Of<k8s::StaticPodServerStatus>().kind};
}

}  // namespace ichor
