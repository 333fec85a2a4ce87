// `ichorctl inspect dependencies`: who writes and reads what, as a graph in the language of
// graphviz(7).
#include <format>
#include <ostream>
#include <set>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "inspect/inspect.pb.h"
#include "lib/yaml/scalar.h"

namespace ichor::ctl {
namespace {

std::string Quoted(const std::string& text) {
  std::string out;
  yml::AppendDoubleQuoted(text, out);
  return out;
}

std::string ResourceOf(const inspect::ControllerDependencyEdge& edge) {
  return edge.resource_id().empty() ? edge.resource_type()
                                    : edge.resource_type() + "\n" + edge.resource_id();
}

std::string EdgeText(const inspect::ControllerDependencyEdge& edge) {
  const std::string controller = Quoted(edge.controller_name());
  const std::string resource = Quoted(ResourceOf(edge));
  switch (edge.edge_type()) {
    case inspect::OUTPUT_EXCLUSIVE:
      return std::format("  {} -> {} [style=bold];\n", controller, resource);
    case inspect::OUTPUT_SHARED:
      return std::format("  {} -> {};\n", controller, resource);
    case inspect::INPUT_WEAK:
      return std::format("  {} -> {} [style=dotted];\n", resource, controller);
    case inspect::INPUT_DESTROY_READY:
      return std::format("  {} -> {} [style=dashed];\n", resource, controller);
    default:
      return std::format("  {} -> {};\n", resource, controller);
  }
}

absl::Status ShowDependencies(const NodeFlags& flags, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("dependencies"));
  std::set<std::string> controllers;
  std::set<std::string> resources;
  std::string edges;
  RETURN_IF_ERROR(AskForMessages<inspect::ControllerRuntimeDependenciesResponse>(
      *nodes, "/inspect.InspectService/ControllerRuntimeDependencies", google::protobuf::Empty(),
      [&](const std::string&, const inspect::ControllerRuntimeDependency& reply) {
        for (const inspect::ControllerDependencyEdge& edge : reply.edges()) {
          controllers.insert(Quoted(edge.controller_name()));
          resources.insert(Quoted(ResourceOf(edge)));
          edges += EdgeText(edge);
        }
      }));
  session.out << "digraph {\n  rankdir=LR;\n";
  for (const std::string& name : controllers) {
    session.out << std::format("  {} [shape=box];\n", name);
  }
  for (const std::string& name : resources) {
    session.out << std::format("  {} [shape=note];\n", name);
  }
  session.out << edges << "}\n";
  return absl::OkStatus();
}

}  // namespace

Command InspectCommand(const SharedNodeFlags& flags) {
  return {.name = "inspect",
          .summary = "Looks into a node's own workings",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .commands = {{.name = "dependencies",
                        .summary = "Draws controllers and resources as a graph, for graphviz",
                        .examples = {{.about = "as a picture",
                                      .line = "ichorctl inspect dependencies | dot -Tsvg"}},
                        .run = [flags](Session& session, const std::vector<std::string>&) {
                          return ShowDependencies(*flags, session);
                        }}}};
}

}  // namespace ichor::ctl
