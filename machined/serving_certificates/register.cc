#include "machined/serving_certificates/register.h"

#include <format>
#include <set>
#include <string>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/kube/objects.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/access.h"
#include "machined/serving_certificates/policy.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kRequests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

absl::Status Decide(kube::Api& api, const Struct& request, const std::string& node_name) {
  ASSIGN_OR_RETURN(const Struct node,
                   api.Do({.path = "/api/v1/nodes/" + kube::Escaped(node_name)}));
  RETURN_IF_ERROR(CheckServingRequest(request, node));
  const std::string name = TextAt(request, {"metadata", "name"});
  RETURN_IF_ERROR(api.Do({.method = "PUT",
                          .path = std::format("{}/{}/approval", kRequests, kube::Escaped(name)),
                          .content_type = "application/json",
                          .body = kube::ToJson(Approved(request))})
                      .status());
  base::Log(base::Severity::kInfo, "approved the serving certificate {} of node {}", name,
            node_name);
  return absl::OkStatus();
}

// Looks at all that wait. `told` has the names of those that the log has.
absl::Status DecideAll(kube::Api& api, std::set<std::string>& told) {
  ASSIGN_OR_RETURN(const Struct requests,
                   api.Do({.path = std::format("{}?fieldSelector=spec.signerName={}", kRequests,
                                               kube::Escaped(kServingSigner))}));
  const auto* const items = Find(requests, {"items"});
  if (items == nullptr) {
    return absl::OkStatus();
  }
  for (const auto& item : items->list_value().values()) {
    const Struct& request = item.struct_value();
    const std::string node = NodeThatAsks(request);
    if (node.empty()) {
      continue;
    }
    const std::string name = TextAt(request, {"metadata", "name"});
    if (const absl::Status decided = Decide(api, request, node);
        !decided.ok() && told.insert(name).second) {
      base::Log(base::Severity::kWarning,
                "the serving certificate {} of node {} is not approved: {}", name, node,
                base::MessageOf(decided));
    }
  }
  return absl::OkStatus();
}

}  // namespace

ServingCertificates::ServingCertificates(Runtime& runtime, ClusterTask::Parts parts)
    : loop_(parts.loop), task_(std::move(parts), "kubernetes.serving-certificates", kPeriod) {
  runtime.Actuate<secrets::KubernetesSecret, v1alpha1::Service>(
      "kubernetes.notice-serving-requests",
      [mailbox = loop_.mailbox(), weak = std::weak_ptr(self_)](
          const All<secrets::KubernetesSecret>& secrets, const All<v1alpha1::Service>& services) {
        std::optional<kube::Access> access;
        if (IsHealthy(services, "etcd")) {
          access = AdminAccess(secrets);
        }
        mailbox->Post([weak, access = std::move(access)]() mutable {
          if (const std::shared_ptr<ServingCertificates*> self = weak.lock()) {
            (*self)->Set(std::move(access));
          }
        });
        return absl::OkStatus();
      });
}

void ServingCertificates::Set(std::optional<kube::Access> access) {
  if (access == access_) {
    return;
  }
  access_ = std::move(access);
  if (!access_.has_value()) {
    task_.Clear();
    return;
  }
  task_.Set([access = *access_] { return access; },
            [told = std::make_shared<std::set<std::string>>()](kube::Api& api) {
              return DecideAll(api, *told);
            });
}

}  // namespace ichor
