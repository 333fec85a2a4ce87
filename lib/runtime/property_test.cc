// Random graphs and random histories: whatever the order of events, the end is what a from-scratch
// evaluation says.
//
// A failing reconciler keeps its last output, so where one fails in the end, the end depends on the
// way there. Each history therefore ends with publications for which none fails (they are drawn
// until that holds; what came before is full of failures). Failing depends on the lowest level of
// the inputs only, so that feedback cannot keep alive the failure that feeds it. In the end the
// world is at peace, too: workers answer, actuators succeed (but for the rows that never do),
// finalizers and rows of strangers are gone.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <format>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "ichor/resource.resources.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/random_graph.h"
#include "lib/runtime/test_runtime.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define ICHOR_HAS_SANITIZER 1
#endif
#endif

namespace ichor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Keeps the warnings about thousands of failing controllers out of the test's output, sanitizer
// reports in.
class QuietLog {
 public:
  QuietLog() : saved_(dup(STDERR_FILENO)) {
#ifdef ICHOR_HAS_SANITIZER
    __sanitizer_set_report_fd(reinterpret_cast<void*>(saved_.get()));  // NOLINT: its interface
#endif
    std::FILE* nowhere = std::fopen("/dev/null", "w");
    dup2(fileno(nowhere), STDERR_FILENO);
    std::fclose(nowhere);
  }
  ~QuietLog() {
    dup2(saved_.get(), STDERR_FILENO);
#ifdef ICHOR_HAS_SANITIZER
    __sanitizer_set_report_fd(reinterpret_cast<void*>(STDERR_FILENO));  // NOLINT: its interface
#endif
  }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  base::UniqueFd saved_;
};

Labels LabelsOf(const Value& value) {
  return {{"l", std::to_string(value.says[value.level] % 3)}};
}

Rows ToRows(const Part& part) {
  Rows rows;
  for (const auto& [id, value] : part) {
    rows.push_back({.id = id, .spec = ToSpec(value), .labels = LabelsOf(value), .annotations = {}});
  }
  return rows;
}

View ViewOf(const Inputs& inputs) {
  View view;
  for (const Snapshot& snapshot : inputs) {
    std::vector<GraphRow>& rows = view.emplace_back();
    for (const ResourcePtr& row : *snapshot) {
      rows.push_back({row->metadata.id, row->metadata.owner, FromSpec(*row->spec)});
    }
  }
  return view;
}

// A runtime in which a graph is registered.
class World {
 public:
  World(const Graph& graph, std::uint64_t seed) : t(seed), graph_(graph) {
    for (const GraphController& controller : graph.controllers) {
      Register(controller);
    }
    const absl::Status valid = t.runtime.Validate();
    ABSL_CHECK(valid.ok()) << valid;
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void Publish(const std::string& source, size_t type, const Part& part) {
    t.runtime.Publish(source, graph_.types[type], ToRows(part));
  }

  // The rows of a type; they belong to the snapshot. One that is no good as a whole has no owner.
  static std::vector<GraphRow> RowsOf(const std::vector<ResourcePtr>& snapshot) {
    std::vector<GraphRow> rows;
    for (const ResourcePtr& row : snapshot) {
      const Metadata& metadata = row->metadata;
      const Value value = FromSpec(*row->spec);
      const bool good = metadata.phase == Phase::kRunning && metadata.labels == LabelsOf(value);
      rows.push_back({.id = metadata.id,
                      .owner = good ? std::string_view(metadata.owner) : "",
                      .value = value});
    }
    return rows;
  }

  // Controllers that say that they wait for an input.
  std::set<std::string> Waiting() {
    std::set<std::string> waiting;
    for (const auto& row : t.runtime.Read<runtime::ControllerStatus>()) {
      const auto& spec = row.spec();
      const bool is_source = spec.kind() == runtime::ControllerStatusSpec::SOURCE;
      if (spec.phase() == runtime::ControllerStatusSpec::WAITING && !is_source) {
        waiting.insert(row.id());
      }
    }
    return waiting;
  }

  TestRuntime t;
  // How many of the next runs of an actuator fail, by its name.
  std::map<std::string, std::uint64_t> failures;

 private:
  void Register(const GraphController& controller) {
    std::vector<TypeRef> inputs;
    inputs.reserve(controller.inputs.size());
    for (const size_t type : controller.inputs) {
      inputs.push_back(graph_.types[type]);
    }
    std::vector<TypeRef> outputs;
    outputs.reserve(controller.outputs.size());
    for (const size_t type : controller.outputs) {
      outputs.push_back(graph_.types[type]);
    }
    if (controller.kind == ControllerKind::kSource) {
      for (const TypeRef& output : outputs) {
        t.runtime.AddSource(controller.name, output);
      }
    } else if (controller.kind == ControllerKind::kReconciler) {
      t.runtime.AddReconciler(
          {.name = controller.name,
           .inputs = inputs,
           .outputs = outputs,
           .run = [&](const Inputs& in) { return RunReconciler(controller, in); }});
    } else {
      t.runtime.AddActuator({.name = controller.name,
                             .inputs = inputs,
                             .outputs = outputs,
                             .run = [&](const Inputs& in) { return RunActuator(controller, in); }});
    }
  }

  absl::StatusOr<std::vector<Rows>> RunReconciler(const GraphController& controller,
                                                  const Inputs& inputs) {
    ABSL_CHECK_LT(++runs_, 100'000U) << "no end in sight";
    const auto outputs = Reconcile(graph_, controller, ViewOf(inputs));
    if (!outputs.has_value()) {
      return absl::InvalidArgumentError("no sense");
    }
    std::vector<Rows> rows;
    for (const Part& part : *outputs) {
      rows.push_back(ToRows(part));
    }
    return rows;
  }

  Outcome RunActuator(const GraphController& controller, const Inputs& inputs) {
    ABSL_CHECK_LT(++runs_, 100'000U) << "no end in sight";
    const Reported reported = Act(graph_, controller, ViewOf(inputs));
    Outcome outcome{.status = absl::OkStatus(), .report = ToRows(reported.part)};
    if (controller.outputs.empty()) {
      outcome.report.clear();
    }
    std::uint64_t& failures_left = failures[controller.name];
    if (failures_left > 0) {
      outcome.status = absl::UnavailableError("EAGAIN");
      SpoilReport(failures_left--, outcome.report);
    } else if (reported.failed) {
      outcome.status = absl::PermissionDeniedError("EPERM");
    }
    return outcome;
  }

  // A run that failed reports nothing, or a row less, or one twice, or all as if nothing had been.
  static void SpoilReport(std::uint64_t how, Rows& report) {
    if (how % 4 == 0) {
      report.clear();
    } else if (how % 4 == 1 && !report.empty()) {
      report.pop_back();
    } else if (how % 4 == 2 && !report.empty()) {
      report.push_back(report.front());
    }
  }

  const Graph& graph_;
  std::uint64_t runs_ = 0;
};

// One random history of one random graph.
class History {
 public:
  // Writes down what happens if `traced`.
  History(std::uint64_t seed, bool traced)
      : seed_(seed),
        traced_(traced),
        random_(seed),
        graph_(RandomGraph(random_)),
        world_(graph_, seed) {
    for (const GraphController& controller : graph_.controllers) {
      for (const size_t type : controller.outputs) {
        if (controller.kind == ControllerKind::kSource) {
          published_.emplace_back(controller.name, type);
        }
      }
      if (controller.kind == ControllerKind::kActuator) {
        actuators_.push_back(controller.name);
      }
    }
  }

  // What differs from the from-scratch evaluations, empty if nothing does; absent if no end without
  // failures was found.
  std::optional<std::string> Differences() {
    if (random_() % 4 == 0) {
      Restore();
    }
    for (auto events = 4 + random_() % 18; events > 0; --events) {
      Event();
    }
    if (!FindEnd()) {
      return std::nullopt;
    }
    const Evaluation expected(graph_, publications_);
    MakePeace();
    std::string differences = Compare("the history", world_, expected);
    if (seed_ % 4 == 0) {
      World scratch(graph_, seed_);
      for (const auto& [key, part] : publications_) {
        scratch.Publish(key.first, key.second, part);
      }
      scratch.t.Settle();
      restored_ = false;
      differences += Compare("a fresh runtime", scratch, expected);
    }
    return differences;
  }

  std::string Dependencies() const { return world_.t.runtime.Dependencies(); }

  // What happened, one event a line.
  const std::string& trace() const { return trace_; }

 private:
  template <class... Args>
  void Trace(std::format_string<Args...> format, Args&&... args) {
    if (traced_) {
      trace_ += std::format(format, std::forward<Args>(args)...) + "\n";
    }
  }

  std::string Compare(std::string_view name, World& world, const Evaluation& expected) const {
    std::string differences;
    for (size_t type = 0; type < graph_.types.size(); ++type) {
      const TypeRef& ref = graph_.types[type];
      const Snapshot snapshot = world.t.store.List(ref.kind.ns, ref.kind.type);
      const std::vector<GraphRow> rows = World::RowsOf(*snapshot);
      const std::vector<GraphRow> wanted = expected.RowsOf(type);
      // What was restored for a writer that stays silent remains.
      if (rows != wanted && (expected.Known(type) || !restored_)) {
        differences += std::format("{} has\n{}instead of\n{}", name, ShowRows(ref, rows),
                                   ShowRows(ref, wanted));
      }
    }
    if (world.Waiting() != expected.waiting()) {
      differences += std::format("in {} others wait\n", name);
    }
    return differences;
  }

  void Event() {
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
      case 3:
        return PublishSomething();
      case 4:
        Trace("settle");
        return world_.t.Settle();
      case 5:
        Trace("one turn");
        world_.t.loop->RunReady();
        return;
      case 6:
        Trace("one job");
        world_.t.executor.RunOne();
        return;
      case 7:
      case 8:
        return AdvanceSomewhat();
      case 9:
        return FailSomething();
      case 10:
        return HoldSomething();
      default:
        return Meddle();
    }
  }

  void PublishSomething() {
    const auto& source_and_type = published_[random_() % published_.size()];
    Change(publications_[source_and_type]);
    Publish(source_and_type);
  }

  // Mostly a change of one row of what is there, sometimes none, sometimes of all.
  void Change(Part& part) {
    const auto what = random_() % 8;
    if (what == 0) {
      part.clear();
    } else if (what < 3 && !part.empty()) {
      part.erase(std::next(part.begin(), static_cast<std::ptrdiff_t>(random_() % part.size())));
    } else if (what < 7) {
      const auto [id, value] = RandomRow(random_);
      part.insert_or_assign(id, value);
    }
  }

  void Publish(const std::pair<std::string, size_t>& source_and_type) {
    const auto& [source, type] = source_and_type;
    const Part& part = publications_.at(source_and_type);
    Trace("{} publishes {} rows of {}", source, part.size(), graph_.types[type].kind.type);
    world_.Publish(source, type, part);
  }

  void AdvanceSomewhat() {
    constexpr std::array<std::chrono::nanoseconds, 6> kDurations{
        std::chrono::nanoseconds(1), milliseconds(5), milliseconds(20),
        milliseconds(100),           seconds(2),      seconds(31)};
    const std::chrono::nanoseconds duration = kDurations[random_() % kDurations.size()];
    Trace("{} later", duration);
    world_.t.Advance(duration);
  }

  void FailSomething() {
    if (!actuators_.empty()) {
      const std::string& actuator = actuators_[random_() % actuators_.size()];
      world_.failures[actuator] = random_() % 5;
      Trace("{} fails {} times", actuator, world_.failures[actuator]);
    }
  }

  void HoldSomething() {
    if (!actuators_.empty()) {
      const std::string& actuator = actuators_[random_() % actuators_.size()];
      const bool hold = random_() % 2 == 0;
      Trace("{} {}", actuator, hold ? "hangs" : "goes on");
      hold ? world_.t.executor.Hold(actuator) : world_.t.executor.Release(actuator);
    }
  }

  // A client holds a row, lets go of it, or has a row of its own.
  void Meddle() {
    const Kind& kind = graph_.types[random_() % graph_.types.size()].kind;
    const auto [id, value] = RandomRow(random_);
    const ResourcePtr row = world_.t.store.Get(kind.ns, kind.type, id);
    if (row == nullptr) {
      Trace("a stranger makes {}/{}", kind.type, id);
      Create(kind, id, value);
    } else if (row->metadata.owner != "stranger") {
      Trace("a stranger holds {}/{} or lets go", kind.type, id);
      SetFinalizers(*row, row->metadata.finalizers.empty() ? std::vector<std::string>{"stranger"}
                                                           : std::vector<std::string>());
    }
  }

  void Create(const Kind& kind, const std::string& id, const Value& value) {
    Resource draft;
    draft.metadata.kind = std::make_shared<const Kind>(kind);
    draft.metadata.id = id;
    draft.spec = ToSpec(value);
    ABSL_CHECK(world_.t.store.Create(std::move(draft), "stranger").ok());
  }

  void SetFinalizers(const Resource& row, std::vector<std::string> finalizers) {
    Resource draft = row;
    draft.metadata.finalizers = std::move(finalizers);
    ABSL_CHECK(world_.t.store.Update(std::move(draft), row.metadata.owner, std::nullopt).ok());
  }

  // Puts in rows as if a checkpoint had been loaded; those of writers that stay silent remain.
  void Restore() {
    restored_ = true;
    for (const GraphController& controller : graph_.controllers) {
      for (const size_t type : controller.outputs) {
        if (graph_.is_report[type] || random_() % 2 == 0) {
          continue;
        }
        Resource resource;
        const auto [id, value] = RandomRow(random_);
        resource.metadata.kind = std::make_shared<const Kind>(graph_.types[type].kind);
        resource.metadata.id = id;
        resource.metadata.owner = controller.name;
        resource.metadata.version = 7;
        resource.metadata.phase = random_() % 4 == 0 ? Phase::kTearingDown : Phase::kRunning;
        resource.spec = ToSpec(value);
        Trace("restores {}/{} of {}", graph_.types[type].kind.type, id, controller.name);
        world_.t.store.Restore(std::move(resource));
      }
    }
  }

  // Publishes something with which no reconciler fails in the end. False if that is hard to find.
  bool FindEnd() {
    if (random_() % 4 != 0) {
      for (const auto& source_and_type : published_) {
        if (!publications_.contains(source_and_type)) {
          Change(publications_[source_and_type]);
          Publish(source_and_type);
        }
      }
    }
    std::set<std::pair<std::string, size_t>> changed;
    for (int attempts = 0; attempts < 30; ++attempts) {
      if (Evaluation(graph_, publications_).failing().empty()) {
        std::ranges::for_each(changed,
                              [this](const auto& source_and_type) { Publish(source_and_type); });
        return true;
      }
      const auto& source_and_type = published_[random_() % published_.size()];
      Change(publications_[source_and_type]);
      changed.insert(source_and_type);
    }
    return false;
  }

  void MakePeace() {
    Trace("peace");
    for (const std::string& actuator : actuators_) {
      world_.failures[actuator] = 0;
      world_.t.executor.Release(actuator);
    }
    for (const TypeRef& type : graph_.types) {
      for (const ResourcePtr& row : *world_.t.store.List(type.kind.ns, type.kind.type)) {
        if (row->metadata.owner == "stranger") {
          const std::string& id = row->metadata.id;
          ABSL_CHECK(world_.t.store.Destroy(type.kind.ns, type.kind.type, id, "stranger").ok());
        } else if (!row->metadata.finalizers.empty()) {
          SetFinalizers(*row, {});
        }
      }
    }
    world_.t.Advance(seconds(61));  // every retry has had its turn
  }

  const std::uint64_t seed_;
  const bool traced_;
  std::mt19937_64 random_;
  const Graph graph_;
  World world_;
  std::vector<std::pair<std::string, size_t>> published_;  // sources and their types
  std::vector<std::string> actuators_;
  Publications publications_;
  bool restored_ = false;
  std::string trace_;
};

#ifdef ICHOR_HAS_SANITIZER
#if __has_feature(thread_sanitizer)
constexpr std::uint64_t kGraphsPerCase = 25;
#else
constexpr std::uint64_t kGraphsPerCase = 500;
#endif
#else
constexpr std::uint64_t kGraphsPerCase = 500;
#endif

// What went wrong with this seed; empty if nothing did, absent if its graph could not be compared.
std::optional<std::string> Try(std::uint64_t seed) {
  std::optional<std::string> differences = History(seed, false).Differences();
  if (differences.has_value() && !differences->empty()) {
    History again(seed, true);
    again.Differences();
    differences =
        std::format("seed {}\n{}{}{}", seed, again.Dependencies(), again.trace(), *differences);
  }
  return differences;
}

}  // namespace

TEST_CASE("property: the end is that of a from-scratch evaluation, whatever the order of events") {
  const auto part = GENERATE(range(std::uint64_t{0}, std::uint64_t{20}));
  std::string failed;
  {
    const QuietLog quiet;
    std::uint64_t compared = 0;
    for (std::uint64_t seed = part * 10'000; compared < kGraphsPerCase && failed.empty(); ++seed) {
      INFO("seed " << seed);
      const std::optional<std::string> differences = Try(seed);
      compared += differences.has_value() ? 1 : 0;
      failed = differences.value_or("");
    }
  }
  INFO(failed);
  CHECK(failed.empty());
}

// ICHOR_SEED=9502 runtime_test "property: one seed, loudly"
TEST_CASE("property: one seed, loudly", "[.]") {
  const char* seed = std::getenv("ICHOR_SEED");
  REQUIRE(seed != nullptr);
  const std::string differences = Try(std::stoull(seed)).value_or("no end without failures");
  INFO(differences);
  CHECK(differences.empty());
}

}  // namespace ichor
