#include "machined/node_object/policy.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "lib/kube/json.h"
#include "lib/resource/address_text.h"
#include "lib/resource/json_text.h"
#include "lib/resource/time_text.h"
#include "lib/resource/tree.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using talos::resource::definitions::enums::MACHINE_STAGE_BOOTING;
using talos::resource::definitions::enums::MACHINE_STAGE_RESETTING;
using talos::resource::definitions::enums::MACHINE_STAGE_RUNNING;
using talos::resource::definitions::enums::MACHINE_STAGE_SHUTTING_DOWN;
using talos::resource::definitions::enums::MACHINE_STAGE_UPGRADING;
using Texts = std::map<std::string, std::string>;

constexpr const char* kOwnedLabels = "talos.dev/owned-labels";
constexpr const char* kOwnedAnnotations = "talos.dev/owned-annotations";
constexpr const char* kOwnedTaints = "talos.dev/owned-taints";
constexpr const char* kCordoned = "talos.dev/cordoned";

Tree Null() {
  Value value;
  value.set_null_value(google::protobuf::NULL_VALUE);
  return value;
}

// The object of texts at a path.
Texts TextsAt(const Struct& object, std::initializer_list<std::string_view> path) {
  Texts texts;
  if (const Value* const found = Find(object, path); found != nullptr) {
    for (const auto& [key, value] : found->struct_value().fields()) {
      texts[key] = value.string_value();
    }
  }
  return texts;
}

// The list of keys that an annotation holds, as JSON.
std::set<std::string> KeysIn(const Texts& annotations, const std::string& name) {
  std::set<std::string> keys;
  const auto found = annotations.find(name);
  if (found == annotations.end()) {
    return keys;
  }
  const auto object = kube::FromJson("{\"keys\":" + found->second + "}");
  if (object.ok()) {
    for (const Value& key : object->fields().at("keys").list_value().values()) {
      keys.insert(key.string_value());
    }
  }
  return keys;
}

std::string JsonOf(const std::set<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    text += (text.empty() ? "" : ",") + JsonText(key);
  }
  return "[" + text + "]";
}

// Says in `patch`, of annotations, whose keys are ours from now on.
void Own(const std::string& name, const std::set<std::string>& before,
         const std::set<std::string>& now, Struct& patch) {
  if (now.empty() && !before.empty()) {
    Set(patch, name, Null());
  } else if (now != before) {
    Set(patch, name, JsonOf(now));
  }
}

// What changes among labels or annotations; `owned` becomes the keys that are ours.
Struct PlanTexts(const Texts& wished, const Texts& there, std::set<std::string>& owned) {
  Struct patch;
  std::set<std::string> ours;
  for (const auto& [key, value] : wished) {
    const auto found = there.find(key);
    if (found != there.end() && found->second != value && !owned.contains(key)) {
      continue;
    }
    ours.insert(key);
    if (found == there.end() || found->second != value) {
      Set(patch, key, value);
    }
  }
  for (const std::string& key : owned) {
    if (!wished.contains(key) && there.contains(key)) {
      Set(patch, key, Null());
    }
  }
  owned = std::move(ours);
  return patch;
}

Struct TaintObject(const k8s::NodeTaintSpec::Spec& taint) {
  Struct object = Object({{"key", taint.key()}, {"effect", taint.effect()}});
  if (!taint.value().empty()) {
    Set(object, "value", taint.value());
  }
  return object;
}

bool SaysTheSame(const Struct& object, const k8s::NodeTaintSpec::Spec& taint) {
  return TextAt(object, {"effect"}) == taint.effect() && TextAt(object, {"value"}) == taint.value();
}

// All taints that the node shall have; nothing if those are what it has.
std::optional<Tree> PlanTaints(const std::map<std::string, k8s::NodeTaintSpec::Spec>& wished,
                               const Struct& node, std::set<std::string>& owned) {
  std::vector<Tree> taints;
  std::set<std::string> ours;
  std::set<std::string> foreign;
  bool changed = false;
  const Value* const there = Find(node, {"spec", "taints"});
  if (there != nullptr) {
    for (const Value& item : there->list_value().values()) {
      const std::string key = TextAt(item.struct_value(), {"key"});
      const auto wish = wished.find(key);
      const bool same = wish != wished.end() && SaysTheSame(item.struct_value(), wish->second);
      if (same) {
        ours.insert(key);
      } else if (owned.contains(key)) {
        changed = true;
        continue;
      } else {
        foreign.insert(key);
      }
      taints.emplace_back(item);
    }
  }
  for (const auto& [key, taint] : wished) {
    if (!ours.contains(key) && !foreign.contains(key)) {
      taints.emplace_back(TaintObject(taint));
      ours.insert(key);
      changed = true;
    }
  }
  owned = std::move(ours);
  return changed ? std::optional(Tree(taints)) : std::nullopt;
}

bool IsTrueAt(const Struct& object, std::initializer_list<std::string_view> path) {
  const Value* const found = Find(object, path);
  return found != nullptr && found->bool_value();
}

// Says in the patches of annotations and of the node's spec whether workloads are kept away. What
// somebody else keeps away stays so.
void PlanCordon(NodeWish::Cordon cordon, const Struct& node, const Texts& annotations,
                Struct& annotations_patch, Struct& spec_patch) {
  const bool unschedulable = IsTrueAt(node, {"spec", "unschedulable"});
  const bool ours = annotations.contains(kCordoned);
  if (cordon == NodeWish::Cordon::kOn && !unschedulable) {
    Set(annotations_patch, kCordoned, "true");
    Set(spec_patch, "unschedulable", true);
  } else if (cordon == NodeWish::Cordon::kOff && ours) {
    Set(annotations_patch, kCordoned, Null());
    Set(spec_patch, "unschedulable", Null());
  }
}

NodeWish::Cordon CordonOf(const All<runtime::MachineStatus>& machines) {
  if (machines.empty()) {
    return NodeWish::Cordon::kLeave;
  }
  switch (machines.front().spec().stage()) {
    case MACHINE_STAGE_SHUTTING_DOWN:
    case MACHINE_STAGE_UPGRADING:
    case MACHINE_STAGE_RESETTING:
      return NodeWish::Cordon::kOn;
    case MACHINE_STAGE_BOOTING:
    case MACHINE_STAGE_RUNNING:
      return NodeWish::Cordon::kOff;
    default:
      return NodeWish::Cordon::kLeave;
  }
}

}  // namespace

NodeWish NodeWishOf(const All<k8s::NodeLabelSpec>& labels,
                    const All<k8s::NodeAnnotationSpec>& annotations,
                    const All<k8s::NodeTaintSpec>& taints,
                    const All<runtime::MachineStatus>& machines) {
  NodeWish wish;
  for (const auto& row : labels) {
    wish.labels[row.spec().key()] = row.spec().value();
  }
  for (const auto& row : annotations) {
    wish.annotations[row.spec().key()] = row.spec().value();
  }
  for (const auto& row : taints) {
    wish.taints[row.spec().key()] = row.spec();
  }
  wish.cordon = CordonOf(machines);
  return wish;
}

std::optional<Struct> PlanNode(const Struct& node, const NodeWish& wish) {
  const Texts annotations = TextsAt(node, {"metadata", "annotations"});
  const std::set<std::string> labels_before = KeysIn(annotations, kOwnedLabels);
  const std::set<std::string> annotations_before = KeysIn(annotations, kOwnedAnnotations);
  const std::set<std::string> taints_before = KeysIn(annotations, kOwnedTaints);
  std::set<std::string> labels_now = labels_before;
  std::set<std::string> annotations_now = annotations_before;
  std::set<std::string> taints_now = taints_before;

  const Struct labels = PlanTexts(wish.labels, TextsAt(node, {"metadata", "labels"}), labels_now);
  Struct noted = PlanTexts(wish.annotations, annotations, annotations_now);
  const std::optional<Tree> taints = PlanTaints(wish.taints, node, taints_now);
  Struct spec;
  if (taints.has_value()) {
    Set(spec, "taints", *taints);
  }
  PlanCordon(wish.cordon, node, annotations, noted, spec);
  Own(kOwnedLabels, labels_before, labels_now, noted);
  Own(kOwnedAnnotations, annotations_before, annotations_now, noted);
  Own(kOwnedTaints, taints_before, taints_now, noted);
  if (labels.fields().empty() && noted.fields().empty() && spec.fields().empty()) {
    return std::nullopt;
  }
  Struct meta = Object({{"resourceVersion", TextAt(node, {"metadata", "resourceVersion"})}});
  if (!labels.fields().empty()) {
    Set(meta, "labels", labels);
  }
  if (!noted.fields().empty()) {
    Set(meta, "annotations", std::move(noted));
  }
  Struct patch = Object({{"metadata", std::move(meta)}});
  if (!spec.fields().empty()) {
    Set(patch, "spec", std::move(spec));
  }
  return patch;
}

k8s::NodeStatus::Spec NodeStatusOf(const Struct& node) {
  k8s::NodeStatus::Spec status;
  status.set_nodename(TextAt(node, {"metadata", "name"}));
  status.set_unschedulable(IsTrueAt(node, {"spec", "unschedulable"}));
  if (const Value* const conditions = Find(node, {"status", "conditions"}); conditions != nullptr) {
    status.set_node_ready(
        std::ranges::any_of(conditions->list_value().values(), [](const Value& condition) {
          return TextAt(condition.struct_value(), {"type"}) == "Ready" &&
                 TextAt(condition.struct_value(), {"status"}) == "True";
        }));
  }
  for (const auto& [key, value] : TextsAt(node, {"metadata", "labels"})) {
    (*status.mutable_labels())[key] = value;
  }
  for (const auto& [key, value] : TextsAt(node, {"metadata", "annotations"})) {
    (*status.mutable_annotations())[key] = value;
  }
  if (const Value* const networks = Find(node, {"spec", "podCIDRs"}); networks != nullptr) {
    for (const Value& network : networks->list_value().values()) {
      if (auto prefix = ParseNetIPPrefix(network.string_value()); prefix.has_value()) {
        *status.add_pod_cidrs() = *std::move(prefix);
      }
    }
  }
  return status;
}

k8s::NodeCondition::Spec NodeConditionOf(const Struct& node, std::chrono::sys_seconds booted) {
  k8s::NodeCondition::Spec spec;
  spec.set_not_ready("its kubelet has not said so yet");
  const Value* const conditions = Find(node, {"status", "conditions"});
  if (conditions == nullptr) {
    return spec;
  }
  for (const Value& item : conditions->list_value().values()) {
    const Struct& condition = item.struct_value();
    if (TextAt(condition, {"type"}) != "Ready") {
      continue;
    }
    const auto said = ParseTimestamp(TextAt(condition, {"lastHeartbeatTime"}));
    if (said.has_value() &&
        std::chrono::sys_seconds(std::chrono::seconds(said->seconds())) < booted) {
      spec.set_not_ready("its kubelet has not said so since the machine booted");
    } else if (TextAt(condition, {"status"}) == "True") {
      spec.clear_not_ready();
    } else if (std::string message = TextAt(condition, {"message"}); !message.empty()) {
      spec.set_not_ready(std::move(message));
    }
  }
  return spec;
}

k8s::Endpoint::Spec EndpointOfSlice(const Struct& slice) {
  k8s::Endpoint::Spec endpoint;
  const Value* const endpoints = Find(slice, {"endpoints"});
  if (endpoints == nullptr) {
    return endpoint;
  }
  for (const Value& item : endpoints->list_value().values()) {
    const Value* const ready = Find(item.struct_value(), {"conditions", "ready"});
    const Value* const addresses = Find(item.struct_value(), {"addresses"});
    if (addresses == nullptr || (ready != nullptr && !ready->bool_value())) {
      continue;
    }
    for (const Value& text : addresses->list_value().values()) {
      if (auto address = ParseNetIP(text.string_value()); address.has_value()) {
        *endpoint.add_addresses() = *std::move(address);
      }
    }
  }
  return endpoint;
}

}  // namespace ichor
