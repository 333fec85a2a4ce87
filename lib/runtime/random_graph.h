// Random graphs of sources, reconcilers and actuators for the property test, with functions that
// need no runtime.
//
// Each row says something at three levels. What a row says at a level depends on what ordinary
// inputs say at the same level, and on what reports say at the level below; so feedback through
// reports ends, always in the same state. Rows may be there for the higher levels only; their ids
// tell which, so that a contested id is so at one level.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/runtime/controller.h"

namespace ichor {

constexpr size_t kLevels = 3;

struct Value {
  size_t level = 0;                           // the lowest level at which the row is there
  std::array<std::uint64_t, kLevels> says{};  // 0 below `level`
  bool operator==(const Value&) const = default;
};

// An owner's rows of one type, by id.
using Part = std::map<std::string, Value>;

// A row with its owner, as controllers see it; id and owner belong to whoever made the view.
struct GraphRow {
  std::string_view id;
  std::string_view owner;
  Value value;
  bool operator==(const GraphRow&) const = default;
};
// The rows of each input, in order of the inputs; each sorted by id.
using View = std::vector<std::vector<GraphRow>>;

struct GraphController {
  std::string name;
  ControllerKind kind = ControllerKind::kReconciler;
  std::vector<size_t> inputs;   // indices of types
  std::vector<size_t> outputs;  // the same
  std::uint64_t seed = 0;
  bool fallible = false;         // fails for some of what its inputs say at level 0
  bool maps = false;             // one row per row of the first input, else as many as it likes
  std::uint64_t coarseness = 1;  // how many different things it makes of its inputs
};

struct Graph {
  std::vector<TypeRef> types;
  std::vector<bool> is_report;  // by type
  std::vector<GraphController> controllers;
};

Graph RandomGraph(std::mt19937_64& random);

// A row that a source could publish: its id is one of few, it is there for all levels.
std::pair<std::string, Value> RandomRow(std::mt19937_64& random);

// The rows of each output; nothing if it fails.
std::optional<std::vector<Part>> Reconcile(const Graph& graph, const GraphController& controller,
                                           const View& view);

struct Reported {
  Part part;
  bool failed = false;  // for one of the rows, and for ever
};
Reported Act(const Graph& graph, const GraphController& controller, const View& view);

// What each source published last, by source and type. Absent: nothing yet.
using Publications = std::map<std::pair<std::string, size_t>, Part>;

// What the whole graph comes to, found by evaluating it until nothing changes.
class Evaluation {
 public:
  // `graph` must outlive this.
  Evaluation(const Graph& graph, const Publications& publications);

  // Sorted by id. Valid while this lives.
  std::vector<GraphRow> RowsOf(size_t type) const;
  // Whether every owner of the type has stated its part.
  bool Known(size_t type) const;

  // Reconcilers and actuators of which an input is unknown.
  const std::set<std::string>& waiting() const { return waiting_; }
  // Reconcilers.
  const std::set<std::string>& failing() const { return failing_; }

 private:
  bool Round();
  bool State(const GraphController& controller, std::vector<Part> outputs);

  const Graph& graph_;
  std::vector<std::map<std::string, std::optional<Part>>> parts_;  // by type, then by owner
  std::set<std::string> waiting_;
  std::set<std::string> failing_;
};

// "T1/L0-2 of c3: 0 17 4 4", a line for each row.
std::string ShowRows(const TypeRef& type, const std::vector<GraphRow>& rows);

// The specs that stand for values.
SpecPtr ToSpec(const Value& value);
Value FromSpec(const SpecData& spec);

}  // namespace ichor
