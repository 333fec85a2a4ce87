// This machine's Node object: what shall be written on it, and what it says.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "ichor/kubelet.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// What the config writes on the node.
struct NodeWish {
  // Whether workloads are kept away: from a machine that goes down, until it runs again.
  enum class Cordon : std::uint8_t { kLeave, kOn, kOff };

  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::map<std::string, k8s::NodeTaintSpec::Spec> taints;  // by key
  Cordon cordon = Cordon::kLeave;
};

NodeWish NodeWishOf(const All<k8s::NodeLabelSpec>& labels,
                    const All<k8s::NodeAnnotationSpec>& annotations,
                    const All<k8s::NodeTaintSpec>& taints,
                    const All<runtime::MachineStatus>& machines);

// The merge patch that makes `node` what is wished; nothing if it is that. Which labels,
// annotations and taints are ours is written on the node: one of ours that is not wished any more
// goes, one of somebody else with another value stays as it is, one with the wished value becomes
// ours. The patch insists on the version of `node`.
std::optional<google::protobuf::Struct> PlanNode(const google::protobuf::Struct& node,
                                                 const NodeWish& wish);

// What of a node this machine shows.
k8s::NodeStatus::Spec NodeStatusOf(const google::protobuf::Struct& node);

// Why it is not Ready, in the kubelet's words; nothing of one that is. What was said before
// `booted` is of a boot that is over.
k8s::NodeCondition::Spec NodeConditionOf(const google::protobuf::Struct& node,
                                         std::chrono::sys_seconds booted);

// The addresses of an EndpointSlice that are ready.
k8s::Endpoint::Spec EndpointOfSlice(const google::protobuf::Struct& slice);

}  // namespace ichor
