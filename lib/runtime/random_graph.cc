#include "lib/runtime/random_graph.h"

#include <algorithm>
#include <cstring>
#include <format>

#include "absl/log/absl_check.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15 + b;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t Hash(std::string_view text) {
  std::uint64_t hash = text.size();
  for (const char c : text) {
    hash = Mix(hash, static_cast<unsigned char>(c));
  }
  return hash;
}

std::string IdOf(size_t level, std::uint64_t number) {
  return std::format("L{}-{}", level, number);
}

bool Chance(std::mt19937_64& random, std::uint64_t one_in) {
  return random() % one_in == 0;
}

// `digest`, and what the rows of input `i` say at `level`.
std::uint64_t MixRows(std::uint64_t digest, const std::vector<GraphRow>& rows, size_t i,
                      size_t level) {
  for (const GraphRow& row : rows) {
    if (row.value.level <= level) {
      digest = Mix(digest, Mix(Hash(row.id) + i, Mix(Hash(row.owner), row.value.says[level])));
    }
  }
  return digest;
}

// What the inputs from `first` on say at each level.
std::array<std::uint64_t, kLevels> Digests(const Graph& graph, const GraphController& controller,
                                           const View& view, size_t first) {
  std::array<std::uint64_t, kLevels> digests{};
  for (size_t level = 0; level < kLevels; ++level) {
    digests[level] = Mix(controller.seed, level);
    for (size_t i = first; i < view.size(); ++i) {
      const size_t shift = graph.is_report[controller.inputs[i]] ? 1 : 0;
      if (level >= shift) {
        digests[level] = MixRows(digests[level], view[i], i, level - shift);
      }
    }
  }
  return digests;
}

// As many rows as the digests decide.
Part Generate(const std::array<std::uint64_t, kLevels>& digests, std::uint64_t seed) {
  Part part;
  for (size_t level = 0; level < kLevels; ++level) {
    const std::uint64_t count = Mix(digests[level], seed) % 3;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string id = IdOf(level, Mix(digests[level], seed + i + 1) % 4);
      Value& value = part[id];
      value.level = level;
      for (size_t m = level; m < kLevels; ++m) {
        value.says[m] = Mix(Mix(digests[m], seed), Hash(id)) % 1000;
      }
    }
  }
  return part;
}

// One row per row of the first input; a level higher if that is a report.
Part Map(const Graph& graph, const GraphController& controller, const View& view,
         const std::array<std::uint64_t, kLevels>& others) {
  const size_t shift = graph.is_report[controller.inputs.front()] ? 1 : 0;
  Part part;
  for (const GraphRow& row : view.front()) {
    const size_t level = row.value.level + shift;
    if (level >= kLevels) {
      continue;
    }
    Value& value = part[IdOf(level, static_cast<std::uint64_t>(row.id.back() - '0'))];
    value.level = level;
    for (size_t m = level; m < kLevels; ++m) {
      value.says[m] = Mix(Mix(others[m], controller.seed), row.value.says[m - shift]) % 1000;
    }
  }
  return part;
}

// Builds a graph type by type: what reads a type is made after what writes it.
class Builder {
 public:
  explicit Builder(std::mt19937_64& random) : random_(random) {}

  Graph Build() {
    const size_t types = 3 + random_() % 5;
    reports_ = random_() % 3;
    graph_.is_report.assign(types, false);
    graph_.is_report.insert(graph_.is_report.end(), reports_, true);
    for (size_t type = 0; type < types; ++type) {
      AddWriters(type, types);
    }
    for (auto actuators = random_() % 4; actuators > 0; --actuators) {
      AddActuator(types);
    }
    NameTypes();
    std::ranges::shuffle(graph_.controllers, random_);
    return std::move(graph_);
  }

 private:
  void AddWriters(size_t type, size_t types) {
    const size_t writers = 1 + (Chance(random_, 3) ? 1 : 0) + (Chance(random_, 6) ? 1 : 0);
    for (size_t i = 0; i < writers; ++i) {
      if (type == 0 || Chance(random_, 4)) {
        AddSourceOf(type);
      } else {
        AddReconciler(type, types);
      }
    }
  }

  GraphController& Add(ControllerKind kind) {
    GraphController& controller = graph_.controllers.emplace_back();
    // The first letter makes the order of names, which decides contested rows, a random one.
    const char letter = static_cast<char>('a' + random_() % 26);
    controller.name = std::format("{}{}", letter, graph_.controllers.size());
    controller.kind = kind;
    controller.seed = random_();
    controller.fallible = Chance(random_, 3);
    controller.maps = Chance(random_, 2);
    controller.coarseness = std::array<std::uint64_t, 4>{2, 3, 10, 1'000'000'000}[random_() % 4];
    return controller;
  }

  void AddSourceOf(size_t type) {
    for (GraphController& controller : graph_.controllers) {
      if (controller.kind == ControllerKind::kSource && Chance(random_, 2) &&
          !std::ranges::contains(controller.outputs, type)) {
        controller.outputs.push_back(type);
        return;
      }
    }
    Add(ControllerKind::kSource).outputs = {type};
  }

  void AddReconciler(size_t type, size_t types) {
    GraphController& controller = Add(ControllerKind::kReconciler);
    for (auto inputs = 1 + random_() % 3; inputs > 0; --inputs) {
      controller.inputs.push_back(random_() % type);
    }
    if (reports_ > 0 && Chance(random_, 2)) {
      const bool first = Chance(random_, 4);
      controller.inputs.insert(first ? controller.inputs.begin() : controller.inputs.end(),
                               types + random_() % reports_);
    }
    controller.outputs = {type};
    if (type + 1 < types && Chance(random_, 4)) {
      controller.outputs.push_back(type + 1 + random_() % (types - type - 1));
    }
  }

  void AddActuator(size_t types) {
    GraphController& controller = Add(ControllerKind::kActuator);
    if (reports_ > 0 && !Chance(random_, 4)) {
      controller.outputs = {types + random_() % reports_};
    }
    controller.inputs = {random_() % types};
    if (Chance(random_, 2)) {
      // Not its own report: that does not wake it, so the end would depend on the way there.
      const size_t input = random_() % (types + reports_);
      if (!std::ranges::contains(controller.outputs, input)) {
        controller.inputs.push_back(input);
      }
    }
  }

  void NameTypes() {
    for (size_t type = 0; type < graph_.is_report.size(); ++type) {
      const auto writers = std::ranges::count_if(graph_.controllers, [&](const auto& controller) {
        return std::ranges::contains(controller.outputs, type);
      });
      const std::string name = std::format("{}{}", graph_.is_report[type] ? "R" : "T", type);
      graph_.types.push_back(TestType(name, writers > 1 ? Writers::kMany : Writers::kOne));
    }
  }

  std::mt19937_64& random_;
  Graph graph_;
  size_t reports_ = 0;
};

}  // namespace

Graph RandomGraph(std::mt19937_64& random) {
  return Builder(random).Build();
}

std::pair<std::string, Value> RandomRow(std::mt19937_64& random) {
  Value value;
  value.says.fill(random() % 6);
  return {IdOf(0, random() % 5), value};
}

std::optional<std::vector<Part>> Reconcile(const Graph& graph, const GraphController& controller,
                                           const View& view) {
  std::array<std::uint64_t, kLevels> digests = Digests(graph, controller, view, 0);
  if (controller.fallible && digests[0] % 6 == 0) {
    return std::nullopt;
  }
  for (std::uint64_t& digest : digests) {
    digest %= controller.coarseness;
  }
  std::vector<Part> outputs;
  outputs.reserve(controller.outputs.size());
  for (size_t i = 0; i < controller.outputs.size(); ++i) {
    outputs.push_back(i == 0 && controller.maps
                          ? Map(graph, controller, view, Digests(graph, controller, view, 1))
                          : Generate(digests, controller.seed + i));
  }
  return outputs;
}

Reported Act(const Graph& graph, const GraphController& controller, const View& view) {
  Reported reported;
  reported.part = Map(graph, controller, view, Digests(graph, controller, view, 1));
  reported.failed = std::ranges::any_of(
      reported.part, [](const auto& row) { return row.second.says[row.second.level] % 30 == 0; });
  return reported;
}

Evaluation::Evaluation(const Graph& graph, const Publications& publications) : graph_(graph) {
  parts_.resize(graph.types.size());
  for (const GraphController& controller : graph.controllers) {
    for (const size_t type : controller.outputs) {
      const auto published = publications.find({controller.name, type});
      const bool silent = published == publications.end();
      parts_[type][controller.name] = silent ? std::nullopt : std::optional(published->second);
    }
  }
  for (int round = 0; Round(); ++round) {
    ABSL_CHECK_LT(round, 100) << "the graph does not come to an end";
  }
}

// Of several owners of a row, the first by name has it.
std::vector<GraphRow> Evaluation::RowsOf(size_t type) const {
  std::vector<GraphRow> rows;
  for (const auto& [owner, part] : parts_[type]) {
    if (part.has_value()) {
      for (const auto& [id, value] : *part) {
        rows.push_back({.id = id, .owner = owner, .value = value});
      }
    }
  }
  std::ranges::stable_sort(rows, {}, &GraphRow::id);
  const auto twins = std::ranges::unique(rows, {}, &GraphRow::id);
  rows.erase(twins.begin(), twins.end());
  return rows;
}

bool Evaluation::Known(size_t type) const {
  if (graph_.is_report[type]) {
    return !parts_[type].empty();
  }
  return std::ranges::all_of(parts_[type],
                             [](const auto& part) { return part.second.has_value(); });
}

// Evaluates each controller once. True if one of them said something new.
bool Evaluation::Round() {
  waiting_.clear();
  failing_.clear();
  bool changed = false;
  for (const GraphController& controller : graph_.controllers) {
    if (controller.kind == ControllerKind::kSource) {
      continue;
    }
    if (!std::ranges::all_of(controller.inputs, [&](size_t type) { return Known(type); })) {
      waiting_.insert(controller.name);
      continue;
    }
    View view;
    for (const size_t type : controller.inputs) {
      view.push_back(RowsOf(type));
    }
    if (controller.kind == ControllerKind::kActuator) {
      changed |= State(controller, {Act(graph_, controller, view).part});
    } else if (auto outputs = Reconcile(graph_, controller, view)) {
      changed |= State(controller, *std::move(outputs));
    } else {
      failing_.insert(controller.name);
    }
  }
  return changed;
}

bool Evaluation::State(const GraphController& controller, std::vector<Part> outputs) {
  bool changed = false;
  for (size_t i = 0; i < controller.outputs.size(); ++i) {
    std::optional<Part>& part = parts_[controller.outputs[i]][controller.name];
    changed |= part != outputs[i];
    part = std::move(outputs[i]);
  }
  return changed;
}

std::string ShowRows(const TypeRef& type, const std::vector<GraphRow>& rows) {
  std::string text;
  for (const GraphRow& row : rows) {
    text += std::format("  {}/{} of {}: {} {} {} {}\n", type.kind.type, row.id, row.owner,
                        row.value.level, row.value.says[0], row.value.says[1], row.value.says[2]);
  }
  return text;
}

SpecPtr ToSpec(const Value& value) {
  std::string bytes(sizeof(value), '\0');
  std::memcpy(bytes.data(), &value, sizeof(value));
  return SpecData::Opaque(std::move(bytes), "");
}

Value FromSpec(const SpecData& spec) {
  Value value;
  ABSL_CHECK_EQ(spec.proto().size(), sizeof(value));
  std::memcpy(&value, spec.proto().data(), sizeof(value));
  return value;
}

}  // namespace ichor
