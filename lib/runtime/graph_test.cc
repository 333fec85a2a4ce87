#include "lib/runtime/graph.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

std::vector<TypeRef> Types(const std::vector<std::string>& names, Writers writers) {
  std::vector<TypeRef> types;
  types.reserve(names.size());
  for (const std::string& name : names) {
    types.push_back(TestType(name, writers));
  }
  return types;
}

Node Reconciler(std::string name, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, Writers writers = Writers::kOne) {
  return {.name = std::move(name),
          .kind = ControllerKind::kReconciler,
          .inputs = Types(inputs, Writers::kOne),
          .outputs = Types(outputs, writers)};
}

Node WithKind(Node node, ControllerKind kind) {
  node.kind = kind;
  return node;
}

// Names of the reconcilers in the order in which they run.
std::string Order(const std::vector<Node>& nodes) {
  const absl::StatusOr<std::vector<size_t>> order = DependencyOrder(nodes);
  REQUIRE_THAT(order, base::IsOk());
  std::string names;
  for (const size_t index : *order) {
    names += nodes[index].name + " ";
  }
  return names;
}

base::StatusIs Refused(std::string message) {
  return {absl::StatusCode::kInvalidArgument, std::move(message)};
}

}  // namespace

TEST_CASE("graph: a second writer is refused, and both are named") {
  CHECK_THAT(CheckWriters({Reconciler("first", {}, {"A"}), Reconciler("second", {}, {"B"})}),
             base::IsOk());
  CHECK_THAT(CheckWriters({Reconciler("first", {}, {"B", "A"}), Reconciler("second", {}, {"A"})}),
             Refused("test/A has one writer, but both \"first\" and \"second\" write it"));
}

TEST_CASE("graph: second writers are refused whatever kind of controller they are") {
  const ControllerKind first =
      GENERATE(ControllerKind::kSource, ControllerKind::kReconciler, ControllerKind::kActuator);
  const ControllerKind second =
      GENERATE(ControllerKind::kSource, ControllerKind::kReconciler, ControllerKind::kActuator);
  CHECK_THAT(CheckWriters({WithKind(Reconciler("a", {}, {"T"}), first),
                           WithKind(Reconciler("b", {}, {"T"}), second)}),
             Refused("test/T has one writer, but both \"a\" and \"b\" write it"));
}

TEST_CASE("graph: a type of many writers has many") {
  CHECK_THAT(CheckWriters({Reconciler("a", {}, {"T"}, Writers::kMany),
                           Reconciler("b", {}, {"T"}, Writers::kMany)}),
             base::IsOk());
}

TEST_CASE("graph: a type is one writer's if either of two says so") {
  const Node one = Reconciler("one", {}, {"T"});
  const Node many = Reconciler("many", {}, {"T"}, Writers::kMany);
  CHECK_THAT(CheckWriters({many, one}),
             Refused("test/T has one writer, but both \"many\" and \"one\" write it"));
  CHECK_THAT(CheckWriters({one, many}),
             Refused("test/T has one writer, but both \"one\" and \"many\" write it"));
}

TEST_CASE("graph: the same type in two namespaces has a writer in each") {
  Node other = Reconciler("b", {}, {"T"});
  other.outputs.front().kind.ns = "other";
  CHECK_THAT(CheckWriters({Reconciler("a", {}, {"T"}), other}), base::IsOk());
}

TEST_CASE("graph: one name for two controllers is refused") {
  CHECK_THAT(CheckWriters({Reconciler("a", {}, {"A"}),
                           WithKind(Reconciler("a", {}, {"B"}), ControllerKind::kActuator)}),
             Refused("controller \"a\" is registered twice"));
}

TEST_CASE("graph: reconcilers run after those that write what they read, else as registered") {
  CHECK(Order({}).empty());
  CHECK(Order({Reconciler("c", {}, {}), Reconciler("a", {}, {}), Reconciler("b", {}, {})}) ==
        "c a b ");
  CHECK(Order({Reconciler("last", {"B"}, {"C"}), Reconciler("middle", {"A"}, {"B"}),
               Reconciler("other", {"X"}, {"Y"}), Reconciler("first", {}, {"A"})}) ==
        "other first middle last ");
}

TEST_CASE("graph: a reconciler waits for all writers of an input, and may read it twice") {
  CHECK(
      Order({Reconciler("reader", {"T", "T", "U"}, {}), Reconciler("a", {}, {"T"}, Writers::kMany),
             Reconciler("b", {"V"}, {"T", "U"}, Writers::kMany), Reconciler("c", {}, {"V"})}) ==
      "a c b reader ");
}

TEST_CASE("graph: sources and actuators are not in the order") {
  CHECK(Order({WithKind(Reconciler("source", {}, {"A"}), ControllerKind::kSource),
               Reconciler("plan", {"A"}, {"B"}),
               WithKind(Reconciler("apply", {"B"}, {"R"}), ControllerKind::kActuator)}) == "plan ");
}

TEST_CASE("graph: a report may feed what led to it, for it comes from the world") {
  CHECK(Order({Reconciler("plan", {"R"}, {"B"}), WithKind(Reconciler("apply", {"B", "R"}, {"R"}),
                                                          ControllerKind::kActuator)}) == "plan ");
}

TEST_CASE("graph: a cycle is refused, with the reconcilers and types on it") {
  CHECK_THAT(DependencyOrder({Reconciler("a", {"B"}, {"A"}), Reconciler("b", {"A"}, {"B"})}),
             Refused("cycle: a → test/A → b → test/B → a"));
  CHECK_THAT(DependencyOrder({Reconciler("self", {"A"}, {"A"})}),
             Refused("cycle: self → test/A → self"));
}

TEST_CASE("graph: what leads to a cycle, or lies behind it, is not told") {
  CHECK_THAT(DependencyOrder({Reconciler("behind", {"C"}, {"Z"}), Reconciler("before", {}, {"I"}),
                              Reconciler("a", {"I", "C"}, {"A"}), Reconciler("b", {"A"}, {"B"}),
                              Reconciler("c", {"B"}, {"C"})}),
             Refused("cycle: c → test/C → a → test/A → b → test/B → c"));
}

TEST_CASE("graph: in any random graph each reader comes after its writers, or there is a cycle") {
  const auto seed = GENERATE(range(0U, 300U));
  std::mt19937_64 random(seed);
  const size_t count = 1 + random() % 12;
  std::vector<Node> nodes;
  std::vector<size_t> rank(count);  // a hidden order; edges against it make cycles
  for (size_t i = 0; i < count; ++i) {
    rank[i] = i;
    nodes.push_back(Reconciler("r" + std::to_string(i), {}, {"T" + std::to_string(i)}));
  }
  std::ranges::shuffle(rank, random);
  const bool backwards = seed % 3 == 0;
  for (size_t i = 0; i < 2 * count; ++i) {
    size_t from = random() % count;
    size_t to = random() % count;
    if (!backwards && rank[from] > rank[to]) {
      std::swap(from, to);
    }
    if (from != to) {
      nodes[to].inputs.push_back(TestType("T" + std::to_string(from)));
    }
  }
  const absl::StatusOr<std::vector<size_t>> order = DependencyOrder(nodes);
  if (!backwards) {
    REQUIRE_THAT(order, base::IsOk());
  }
  if (!order.ok()) {
    CHECK(order.status().message().starts_with("cycle: r"));
    return;
  }
  REQUIRE(order->size() == count);
  for (size_t i = 0; i < count; ++i) {
    for (const TypeRef& input : nodes[i].inputs) {
      const size_t writer = std::stoul(input.kind.type.substr(1));
      CHECK(std::ranges::find(*order, writer) < std::ranges::find(*order, i));
    }
  }
}

TEST_CASE("graph: the drawing names controllers with their kind, and types") {
  const std::vector<Node> nodes{
      WithKind(Reconciler("source", {}, {"A"}), ControllerKind::kSource),
      Reconciler("plan", {"A", "R"}, {"B"}),
      WithKind(Reconciler("apply", {"B"}, {"R"}), ControllerKind::kActuator)};
  const std::string dot = R"(digraph controllers {
  rankdir=LR;
  "apply" -> "test/R";
  "apply" [shape=box, label="apply\nactuator"];
  "plan" -> "test/B";
  "plan" [shape=box, label="plan\nreconciler"];
  "source" -> "test/A";
  "source" [shape=box, label="source\nsource"];
  "test/A" -> "plan";
  "test/B" -> "apply";
  "test/R" -> "plan";
}
)";
  CHECK(ToDot(nodes) == dot);
  CHECK(ToDot({nodes[2], nodes[0], nodes[1]}) == dot);
  CHECK(ToDot({}) == "digraph controllers {\n  rankdir=LR;\n}\n");
}

}  // namespace ichor
