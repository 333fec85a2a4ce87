#include "machined/manifests/register.h"

#include <format>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "machined/cluster_api/access.h"
#include "machined/manifests/apply.h"
#include "machined/manifests/etcd_lock.h"
#include "machined/manifests/extra.h"
#include "machined/manifests/manifests.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

constexpr const char* kSource = "manifests.apply";

// Runs `task` on the loop with what `weak` still points to.
template <class T, class F>
void Tell(Mailbox& mailbox, const std::weak_ptr<T*>& weak, F task) {
  mailbox.Post([weak, task = std::move(task)] {
    if (const std::shared_ptr<T*> self = weak.lock()) {
      task(**self);
    }
  });
}

}  // namespace

ManifestRoom::ManifestRoom(Runtime& runtime, ClusterTask::Parts parts, NewClient new_client)
    : runtime_(runtime),
      loop_(parts.loop),
      new_api_(parts.new_api),
      downloads_({.runtime = runtime,
                  .loop = parts.loop,
                  .clock = parts.clock,
                  .new_client = std::move(new_client)}),
      apply_(std::move(parts), kSource) {
  runtime_.AddSource<k8s::ManifestStatus>(kSource);
  Publish({});
  Register();
}

void ManifestRoom::Register() {
  runtime_.Reconcile("manifests.derive", DeriveManifests);
  runtime_.Reconcile("manifests.render", RenderManifests);
  runtime_.Reconcile("manifests.derive-extra", DeriveExtraManifests);
  runtime_.Reconcile("manifests.render-inline", RenderInlineManifests);
  runtime_.Reconcile("manifests.diagnose-inline", DiagnoseInlineManifests);
  runtime_.Actuate<k8s::ExtraManifestsConfig>(
      "manifests.notice-urls", [mailbox = loop_.mailbox(), weak = downloads_.self()](
                                   const All<k8s::ExtraManifestsConfig>& extras) {
        const k8s::ExtraManifestsConfig::Spec wish =
            extras.empty() ? k8s::ExtraManifestsConfig::Spec() : extras.front().spec();
        Tell(*mailbox, weak, [wish](ManifestDownloads& self) { self.Set(wish); });
        return absl::OkStatus();
      });
  runtime_.Actuate<k8s::Manifest, secrets::KubernetesSecret, secrets::EtcdRootSecret,
                   secrets::EtcdSecret, v1alpha1::Service>(
      "manifests.notice",
      [mailbox = loop_.mailbox(), weak = std::weak_ptr(self_)](
          const All<k8s::Manifest>& manifests, const All<secrets::KubernetesSecret>& secrets,
          const All<secrets::EtcdRootSecret>& roots, const All<secrets::EtcdSecret>& etcd_secrets,
          const All<v1alpha1::Service>& services) {
        const auto api = AdminAccess(secrets);
        const auto etcd = EtcdAccess(roots, etcd_secrets);
        std::optional<Servers> servers;
        if (IsHealthy(services, "etcd") && api.has_value() && etcd.has_value()) {
          servers = Servers{.api = *api, .etcd = *etcd};
        }
        Tell(*mailbox, weak,
             [manifests, servers](ManifestRoom& self) { self.Set(manifests, servers); });
        return absl::OkStatus();
      });
}

void ManifestRoom::Set(const All<k8s::Manifest>& manifests, const std::optional<Servers>& servers) {
  if (manifests.empty() || !servers.has_value()) {
    given_.clear();
    apply_.Clear();
    return;
  }
  std::string given = servers->api.server + servers->api.certificate_pem;
  for (const auto& row : manifests) {
    given += std::format(" {}@{}", row.id(), row.metadata().version);
  }
  if (std::exchange(given_, given) == given) {
    return;
  }
  apply_.Set([access = servers->api] { return access; }, Work(manifests, servers->etcd));
}

ClusterTask::Work ManifestRoom::Work(const All<k8s::Manifest>& manifests,
                                     const kube::Access& etcd) const {
  return [manifests, etcd, new_api = new_api_, mailbox = loop_.mailbox(),
          weak = std::weak_ptr(self_)](kube::Api& api) {
    const std::unique_ptr<kube::Api> locks = new_api(etcd);
    return WithEtcdLock(*locks, kManifestLock, [&] {
      const AppliedManifests applied = ApplyManifests(manifests, api);
      for (const std::string& name : applied.made) {
        base::Log(base::Severity::kInfo, "made {}", name);
      }
      Tell(*mailbox, weak, [ids = applied.ids](ManifestRoom& self) { self.Publish(ids); });
      return applied.status;
    });
  };
}

void ManifestRoom::Publish(const std::vector<std::string>& ids) {
  Desired<k8s::ManifestStatus> rows;
  if (!ids.empty()) {
    k8s::ManifestStatus::Spec spec;
    spec.mutable_manifests_applied()->Assign(ids.begin(), ids.end());
    rows.Add("manifests", std::move(spec));
  }
  runtime_.Publish<k8s::ManifestStatus>(kSource, std::move(rows));
}

}  // namespace ichor
