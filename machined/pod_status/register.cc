#include "machined/pod_status/register.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "machined/cluster_api/access.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

constexpr const char* kSource = "kubernetes.pods";
constexpr const char* kKubelet = "127.0.0.1:10250";
constexpr size_t kMaxCertificateBytes = 1 << 20;

// As whom the kubelet `name` is asked; its certificate has its name, and no local address.
std::optional<kube::Access> AccessTo(const All<k8s::Nodename>& names,
                                     const All<secrets::KubernetesRootSecret>& roots,
                                     const All<secrets::KubernetesDynamicCert>& certificates) {
  if (names.empty() || roots.empty() || certificates.empty()) {
    return std::nullopt;
  }
  kube::Access access{.server = std::format("https://{}:10250", names.front().spec().nodename()),
                      .ca_pem = "",
                      .certificate_pem = "",
                      .key_pem = "",
                      .at = kKubelet};
  for (const auto& ca : roots.front().spec().accepted_cas()) {
    access.ca_pem += std::format("{}\n", ca.crt());
  }
  const auto& client = certificates.front().spec().api_server_kubelet_client();
  access.certificate_pem = client.crt();
  access.key_pem = client.key();
  return access;
}

}  // namespace

PodStatuses::PodStatuses(Runtime& runtime, ClusterTask::Parts parts, std::string own_certificate)
    : runtime_(runtime),
      loop_(parts.loop),
      own_certificate_(std::move(own_certificate)),
      task_(std::move(parts), kSource, kPeriod) {
  runtime_.AddSource<k8s::StaticPodStatus>(kSource);
  Publish({});
  Register();
}

void PodStatuses::Register() {
  runtime_.Actuate<k8s::Nodename, secrets::KubernetesRootSecret, secrets::KubernetesDynamicCert,
                   k8s::NodeStatus, v1alpha1::Service>(
      "kubernetes.notice-kubelet",
      [mailbox = loop_.mailbox(), weak = std::weak_ptr(self_)](
          const All<k8s::Nodename>& names, const All<secrets::KubernetesRootSecret>& roots,
          const All<secrets::KubernetesDynamicCert>& certificates,
          const All<k8s::NodeStatus>& nodes, const All<v1alpha1::Service>& services) {
        std::optional<kube::Access> kubelet;
        if (IsHealthy(services, "kubelet")) {
          kubelet = AccessTo(names, roots, certificates);
        }
        mailbox->Post([weak, kubelet = std::move(kubelet), registered = !nodes.empty()]() mutable {
          if (const std::shared_ptr<PodStatuses*> self = weak.lock()) {
            (*self)->Set(std::move(kubelet), registered);
          }
        });
        return absl::OkStatus();
      });
}

void PodStatuses::Set(std::optional<kube::Access> kubelet, bool registered) {
  const bool now_registered = registered && !std::exchange(registered_, registered);
  if (kubelet == kubelet_ && !now_registered) {
    return;
  }
  kubelet_ = std::move(kubelet);
  if (!kubelet_.has_value()) {
    task_.Clear();
    Publish({});
    return;
  }
  task_.Set(
      [access = *kubelet_, path = own_certificate_]() -> absl::StatusOr<kube::Access> {
        kube::Access now = access;
        now.ca_pem += sys::ReadFile(path, kMaxCertificateBytes).value_or("");
        return now;
      },
      [mailbox = loop_.mailbox(), weak = std::weak_ptr(self_)](kube::Api& api) -> absl::Status {
        ASSIGN_OR_RETURN(const google::protobuf::Struct list, api.Do({.path = "/pods"}));
        mailbox->Post([weak, seen = StaticPodsOf(list)]() mutable {
          const std::shared_ptr<PodStatuses*> self = weak.lock();
          if (self != nullptr && (*self)->kubelet_.has_value()) {
            (*self)->Publish(std::move(seen));
          }
        });
        return absl::OkStatus();
      });
}

void PodStatuses::Publish(StaticPodSight seen) {
  task_.SetPeriod(seen.ready ? kPeriod : kStartPeriod);
  runtime_.Publish<k8s::StaticPodStatus>(kSource, std::move(seen.statuses));
}

}  // namespace ichor
