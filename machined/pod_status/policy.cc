#include "machined/pod_status/policy.h"

#include <format>
#include <set>
#include <string>
#include <utility>

#include "lib/resource/tree.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// Who told the kubelet of a pod: "file", "http" or "api".
constexpr std::string_view kSourceAnnotation = "kubernetes.io/config.source";

}  // namespace

Desired<k8s::StaticPodStatus> StaticPodStatusesOf(const Struct& list) {
  Desired<k8s::StaticPodStatus> statuses;
  std::set<std::string> named;  // a pod that is replaced may be there twice
  const Value* const items = Find(list, {"items"});
  if (items == nullptr) {
    return statuses;
  }
  for (const Value& item : items->list_value().values()) {
    const Struct& pod = item.struct_value();
    const std::string source = TextAt(pod, {"metadata", "annotations", kSourceAnnotation});
    std::string id = std::format("{}/{}", TextAt(pod, {"metadata", "namespace"}),
                                 TextAt(pod, {"metadata", "name"}));
    if ((source != "file" && source != "http") || !named.insert(id).second) {
      continue;
    }
    k8s::StaticPodStatus::Spec spec;
    if (const Value* const status = Find(pod, {"status"}); status != nullptr) {
      *spec.mutable_pod_status() = status->struct_value();
    }
    statuses.Add(std::move(id), std::move(spec));
  }
  return statuses;
}

}  // namespace ichor
