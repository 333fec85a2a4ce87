#include "lib/runtime/graph.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>
#include <utility>

#include "lib/base/status.h"

namespace ichor {
namespace {

// Edges from each reconciler to those that read what it writes.
class ReconcilerEdges {
 public:
  explicit ReconcilerEdges(const std::vector<Node>& nodes)
      : nodes_(nodes), readers_(nodes.size()), inputs_(nodes.size()) {
    std::map<Kind, std::vector<size_t>> writers;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].kind == ControllerKind::kReconciler) {
        for (const TypeRef& output : nodes[i].outputs) {
          writers[output.kind].push_back(i);
        }
      }
    }
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].kind == ControllerKind::kReconciler) {
        AddReader(i, writers);
      }
    }
  }

  // Kahn's algorithm; what is left over lies on a cycle or behind one.
  absl::StatusOr<std::vector<size_t>> Order() const {
    std::vector<size_t> missing = inputs_;
    std::set<size_t> ready;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].kind == ControllerKind::kReconciler && missing[i] == 0) {
        ready.insert(i);
      }
    }
    std::vector<size_t> order;
    while (!ready.empty()) {
      const size_t node = ready.extract(ready.begin()).value();
      order.push_back(node);
      for (const auto& [reader, kind] : readers_[node]) {
        if (--missing[reader] == 0) {
          ready.insert(reader);
        }
      }
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (missing[i] > 0) {
        return DescribeCycle(i, missing);
      }
    }
    return order;
  }

 private:
  void AddReader(size_t reader, const std::map<Kind, std::vector<size_t>>& writers) {
    for (const TypeRef& input : nodes_[reader].inputs) {
      const auto found = writers.find(input.kind);
      if (found == writers.end()) {
        continue;
      }
      for (const size_t writer : found->second) {
        readers_[writer].emplace_back(reader, input.kind);
        ++inputs_[reader];
      }
    }
  }

  // Walks from `start` backwards through unordered nodes until one repeats; then tells the loop
  // forwards.
  absl::Status DescribeCycle(size_t start, const std::vector<size_t>& missing) const {
    std::vector<size_t> path{start};
    std::vector<const Kind*> kinds;
    while (true) {
      const auto [writer, kind] = UnorderedWriterFor(path.back(), missing);
      const auto seen = std::ranges::find(path, writer) - path.begin();
      const bool closes = seen != std::ssize(path);
      kinds.push_back(kind);
      path.push_back(writer);
      if (closes) {
        kinds.erase(kinds.begin(), kinds.begin() + seen);
        path.erase(path.begin(), path.begin() + seen);
        break;
      }
    }
    std::string text = nodes_[path.back()].name;
    for (size_t i = path.size() - 1; i > 0; --i) {
      text += std::format(" → {} → {}", ToString(*kinds[i - 1]), nodes_[path[i - 1]].name);
    }
    return absl::InvalidArgumentError("cycle: " + text);
  }

  std::pair<size_t, const Kind*> UnorderedWriterFor(size_t reader,
                                                    const std::vector<size_t>& missing) const {
    for (size_t writer = 0; writer < nodes_.size(); ++writer) {
      for (const auto& [candidate, kind] : readers_[writer]) {
        if (candidate == reader && missing[writer] > 0) {
          return {writer, &kind};
        }
      }
    }
    return {reader, nullptr};  // not reached: an unordered node has an unordered writer
  }

  const std::vector<Node>& nodes_;
  std::vector<std::vector<std::pair<size_t, Kind>>> readers_;
  std::vector<size_t> inputs_;  // how many edges come in
};

}  // namespace

absl::Status CheckWriters(const std::vector<Node>& nodes) {
  std::set<std::string> names;
  std::map<Kind, std::pair<const Node*, Writers>> writers;
  for (const Node& node : nodes) {
    if (!names.insert(node.name).second) {
      return absl::InvalidArgumentError(
          std::format("controller \"{}\" is registered twice", node.name));
    }
    for (const TypeRef& output : node.outputs) {
      const auto [entry, first] = writers.try_emplace(output.kind, &node, output.writers);
      const auto& [writer, allowed] = entry->second;
      if (!first && (output.writers == Writers::kOne || allowed == Writers::kOne)) {
        return absl::InvalidArgumentError(
            std::format("{} has one writer, but both \"{}\" and \"{}\" write it",
                        ToString(output.kind), writer->name, node.name));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<size_t>> DependencyOrder(const std::vector<Node>& nodes) {
  return ReconcilerEdges(nodes).Order();
}

std::string ToDot(const std::vector<Node>& nodes) {
  std::set<std::string> lines;
  for (const Node& node : nodes) {
    lines.insert(std::format("  \"{}\" [shape=box, label=\"{}\\n{}\"];\n", node.name, node.name,
                             ToString(node.kind)));
    for (const TypeRef& input : node.inputs) {
      lines.insert(std::format("  \"{}\" -> \"{}\";\n", ToString(input.kind), node.name));
    }
    for (const TypeRef& output : node.outputs) {
      lines.insert(std::format("  \"{}\" -> \"{}\";\n", node.name, ToString(output.kind)));
    }
  }
  std::string dot = "digraph controllers {\n  rankdir=LR;\n";
  for (const std::string& line : lines) {
    dot += line;
  }
  return dot + "}\n";
}

}  // namespace ichor
