#include "machined/pod_status/policy.h"

#include <algorithm>
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

bool IsReady(const Struct& pod_status) {
  const Value* const conditions = Find(pod_status, {"conditions"});
  return conditions != nullptr &&
         std::ranges::any_of(conditions->list_value().values(), [](const Value& item) {
           return TextAt(item.struct_value(), {"type"}) == "Ready" &&
                  TextAt(item.struct_value(), {"status"}) == "True";
         });
}

}  // namespace

std::string_view ProblemOfPod(const Struct& status) {
  const std::string phase = TextAt(status, {"phase"});
  if (phase == "Succeeded" || (phase == "Running" && IsReady(status))) {
    return "";
  }
  if (phase == "Running") {
    return "not ready";
  }
  return phase == "Pending" ? "pending" : phase == "Failed" ? "failed" : "unknown";
}

StaticPodSight StaticPodsOf(const Struct& list) {
  StaticPodSight seen;
  std::set<std::string> named;  // a pod that is replaced may be there twice
  bool well = true;
  const Value* const items = Find(list, {"items"});
  if (items == nullptr) {
    return seen;
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
    well = well && ProblemOfPod(spec.pod_status()).empty();
    seen.statuses.Add(std::move(id), std::move(spec));
  }
  seen.ready = well && !named.empty();
  return seen;
}

}  // namespace ichor
