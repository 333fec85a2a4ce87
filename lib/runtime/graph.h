// The graph of controllers and types: order, cycles, second writers, and a drawing.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"

namespace ichor {

// A controller's place in the graph.
struct Node {
  std::string name;
  ControllerKind kind = ControllerKind::kReconciler;
  std::vector<TypeRef> inputs;
  std::vector<TypeRef> outputs;
};

// InvalidArgument if two nodes have one name, or if a type with one writer has two; both are named.
absl::Status CheckWriters(const std::vector<Node>& nodes);

// The indices of the reconcilers among `nodes`, each after those that write its inputs; else in
// order of registration. InvalidArgument if there is a cycle, with the reconcilers and types on it.
// What actuators and sources write comes from the world and is no edge.
absl::StatusOr<std::vector<size_t>> DependencyOrder(const std::vector<Node>& nodes);

// The graph in the DOT language of Graphviz: controllers as boxes, types as ellipses. Equal graphs
// give equal text.
std::string ToDot(const std::vector<Node>& nodes);

}  // namespace ichor
