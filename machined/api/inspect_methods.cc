#include <string>

#include "google/protobuf/empty.pb.h"
#include "inspect/inspect.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

inspect::ControllerDependencyEdge Edge(const Node& node, const TypeRef& type,
                                       inspect::DependencyEdgeType kind) {
  inspect::ControllerDependencyEdge edge;
  edge.set_controller_name(node.name);
  edge.set_edge_type(kind);
  edge.set_resource_namespace(type.kind.ns);
  edge.set_resource_type(type.kind.type);
  return edge;
}

// Whoever does not only read a type, but holds it back from going away, would be a strong reader;
// here nobody does.
absl::StatusOr<inspect::ControllerRuntimeDependenciesResponse> Dependencies(
    const std::vector<Node>& nodes) {
  inspect::ControllerRuntimeDependenciesResponse reply;
  inspect::ControllerRuntimeDependency& graph = *reply.add_messages();
  for (const Node& node : nodes) {
    for (const TypeRef& input : node.inputs) {
      *graph.add_edges() = Edge(node, input, inspect::INPUT_WEAK);
    }
    for (const TypeRef& output : node.outputs) {
      *graph.add_edges() = Edge(
          node, output,
          output.writers == Writers::kOne ? inspect::OUTPUT_EXCLUSIVE : inspect::OUTPUT_SHARED);
    }
  }
  return reply;
}

}  // namespace

void AddInspectMethods(Methods& methods) {
  methods.Unary<Empty>("/inspect.InspectService/ControllerRuntimeDependencies",
                       [&runtime = methods.context().runtime](const Empty&) {
                         return Dependencies(runtime.nodes());
                       });
}

}  // namespace ichor::api
