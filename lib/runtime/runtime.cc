#include "lib/runtime/runtime.h"

#include <algorithm>
#include <iterator>

#include "absl/log/check.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/runtime/controller_status.h"

namespace ichor {

Runtime::Runtime(Loop& loop, Executor& executor, Store& store, const base::Clock& clock)
    : loop_(loop), executor_(executor), store_(store), clock_(clock) {
  TypeState& statuses = TypeOf(ControllerStatusType().kind);
  statuses.rows.AddWriter(kStatusWriter);
  statuses.from_world = true;
  store_.OnChange([this](Collection&) {
    if (!settling_) {
      ScheduleSettle();
    }
  });
}

Runtime::~Runtime() {
  store_.OnChange([](Collection&) {});
}

void Runtime::AddReconciler(ReconcilerBody body) {
  DCHECK(loop_.IsCurrent());
  const Node node{.name = body.name,
                  .kind = ControllerKind::kReconciler,
                  .inputs = body.inputs,
                  .outputs = body.outputs};
  for (const TypeRef& output : node.outputs) {
    TypeOf(output.kind).rows.AddWriter(node.name);
  }
  reconcilers_.emplace(nodes_.size(),
                       Reconciler{.controller = MakeController(node), .run = std::move(body.run)});
  nodes_.push_back(node);
  OnRegistered();
}

std::vector<ReconcilerBody> Runtime::Reconcilers() const {
  std::vector<ReconcilerBody> bodies;
  bodies.reserve(reconcilers_.size());
  for (const auto& [index, reconciler] : reconcilers_) {
    const Node& node = nodes_[index];
    bodies.push_back(
        {.name = node.name, .inputs = node.inputs, .outputs = node.outputs, .run = reconciler.run});
  }
  return bodies;
}

void Runtime::AddActuator(ActuatorBody body) {
  DCHECK(loop_.IsCurrent());
  const Node node{.name = body.name,
                  .kind = ControllerKind::kActuator,
                  .inputs = body.inputs,
                  .outputs = body.outputs};
  for (const TypeRef& output : node.outputs) {
    TypeState& type = TypeOf(output.kind);
    type.rows.AddWriter(node.name);
    type.from_world = true;
  }
  const ActuatorRunner::Environment environment{
      .loop = loop_, .executor = executor_, .clock = clock_};
  actuators_.push_back(std::make_unique<ActuatorRunner>(environment, MakeController(node),
                                                        std::move(body.run), [this] {
                                                          statuses_changed_ = true;
                                                          ScheduleSettle();
                                                        }));
  nodes_.push_back(node);
  OnRegistered();
}

void Runtime::AddSource(std::string_view source, const TypeRef& type) {
  DCHECK(loop_.IsCurrent());
  const auto is_it = [&](const Node& node) {
    return node.kind == ControllerKind::kSource && node.name == source;
  };
  auto node = std::ranges::find_if(nodes_, is_it);
  if (node == nodes_.end()) {
    node = nodes_.insert(node, {.name = std::string(source),
                                .kind = ControllerKind::kSource,
                                .inputs = {},
                                .outputs = {}});
    sources_.emplace(source, Source());
  }
  if (std::ranges::contains(node->outputs, type.kind, &TypeRef::kind)) {
    return;
  }
  node->outputs.push_back(type);
  TypeOf(type.kind).rows.AddWriter(source);
  OnRegistered();
}

void Runtime::Publish(std::string_view source, const TypeRef& type, Rows rows) {
  CHECK(!settling_) << std::string(source) << ": published by a reconciler";
  AddSource(source, type);
  Source& publisher = sources_.find(source)->second;
  ScheduleSettleAt(publisher.Note(type.kind, std::move(rows)));
}

void Runtime::SetExternal(const TypeRef& type, bool known) {
  TypeOf(type.kind).from_world = known;
  statuses_changed_ = true;
  ScheduleSettle();
}

bool Runtime::IsKnown(const Kind& kind) const {
  const auto type = types_.find(kind);
  return type != types_.end() && type->second->known();
}

absl::Status Runtime::Validate() {
  if (order_.has_value()) {
    return absl::OkStatus();
  }
  std::vector<Node> writers{{.name = std::string(kStatusWriter),
                             .kind = ControllerKind::kSource,
                             .inputs = {},
                             .outputs = {ControllerStatusType()}}};
  writers.insert(writers.end(), nodes_.begin(), nodes_.end());
  RETURN_IF_ERROR(CheckWriters(writers));
  ASSIGN_OR_RETURN(order_, DependencyOrder(nodes_));
  return absl::OkStatus();
}

void Runtime::Settle() {
  DCHECK(loop_.IsCurrent());
  const absl::Status valid = Validate();
  CHECK(order_.has_value()) << valid;
  settle_scheduled_ = false;
  settling_ = true;
  TakeFromSources();
  TakeReports();
  for (const auto& [kind, type] : types_) {
    type->rows.Retry();
  }
  const auto known_types =
      std::ranges::count_if(types_, [](const auto& type) { return type.second->known(); });
  statuses_changed_ |= std::exchange(known_types_, known_types) != known_types;
  for (const size_t index : *order_) {
    Run(reconcilers_.at(index));
  }
  for (const std::unique_ptr<ActuatorRunner>& actuator : actuators_) {
    if (actuator->Ready()) {
      statuses_changed_ |= actuator->backoff().count() > 0;  // the retry is off
      actuator->Start();
    }
  }
  PublishStatuses();
  settling_ = false;
  if (AnythingReady()) {
    ScheduleSettle();
  }
  settled_();
}

// What is registered may have to run without any publication, and waits visibly otherwise.
void Runtime::OnRegistered() {
  order_.reset();
  statuses_changed_ = true;
  ScheduleSettle();
}

TypeState& Runtime::TypeOf(const Kind& kind) {
  std::unique_ptr<TypeState>& type = types_[kind];
  if (type == nullptr) {
    type = std::make_unique<TypeState>(store_, kind);
  }
  return *type;
}

RunningController Runtime::MakeController(const Node& node) {
  const auto types_of = [this](const std::vector<TypeRef>& refs) {
    std::vector<TypeState*> types;
    std::ranges::transform(refs, std::back_inserter(types),
                           [this](const TypeRef& ref) { return &TypeOf(ref.kind); });
    return types;
  };
  return {node, types_of(node.inputs), types_of(node.outputs)};
}

void Runtime::ScheduleSettle() {
  if (!std::exchange(settle_scheduled_, true)) {
    loop_.Post([weak = std::weak_ptr(self_)] {
      if (const std::shared_ptr<Runtime*> self = weak.lock()) {
        (*self)->Settle();
      }
    });
  }
}

void Runtime::ScheduleSettleAt(base::MonotonicTime time) {
  if (time <= clock_.Monotonic()) {
    ScheduleSettle();
    return;
  }
  if (settle_at_.has_value() && *settle_at_ <= time) {
    return;
  }
  settle_at_ = time;
  loop_.RunAt(time, [weak = std::weak_ptr(self_)] {
    if (const std::shared_ptr<Runtime*> self = weak.lock()) {
      (*self)->settle_at_.reset();
      (*self)->Settle();
    }
  });
}

void Runtime::TakeFromSources() {
  const base::MonotonicTime now = clock_.Monotonic();
  for (auto& [name, source] : sources_) {
    const std::optional<base::MonotonicTime> due = source.DueAt();
    if (!due.has_value()) {
      continue;
    }
    if (*due > now) {
      ScheduleSettleAt(*due);
      continue;
    }
    absl::Status status;
    for (auto& [kind, rows] : source.Take(now)) {
      status.Update(base::Annotate(TypeOf(kind).rows.State(name, std::move(rows)), ToString(kind)));
    }
    const auto [last, inserted] = source_statuses_.try_emplace(name);
    if (inserted || last->second != status) {
      last->second = status;
      statuses_changed_ = true;
    }
  }
}

void Runtime::Run(Reconciler& reconciler) {
  RunningController& controller = reconciler.controller;
  if (controller.UnknownInput() != nullptr || !controller.InputsChanged()) {
    return;
  }
  const absl::Status status = StateAll(reconciler, reconciler.run(controller.Take()));
  if (controller.Finish(status)) {
    statuses_changed_ = true;
    if (!status.ok()) {  // Unavailable: it waits for what is not there yet, and nothing is wrong
      base::Log(absl::IsUnavailable(status) ? base::Severity::kInfo : base::Severity::kWarning,
                "{}: {}", controller.node().name, base::MessageOf(status));
    }
  }
}

// States all outputs, or none if the answer as a whole is no good. A row that others hold stops no
// other row.
absl::Status Runtime::StateAll(const Reconciler& reconciler,
                               absl::StatusOr<std::vector<Rows>> outputs) {
  RETURN_IF_ERROR(outputs.status());
  for (Rows& rows : *outputs) {
    RETURN_IF_ERROR(SortRows(rows));
  }
  absl::Status status;
  const RunningController& controller = reconciler.controller;
  for (size_t i = 0; i < outputs->size(); ++i) {
    status.Update(
        controller.outputs()[i]->rows.State(controller.node().name, std::move((*outputs)[i])));
  }
  return status;
}

void Runtime::TakeReports() {
  for (const std::unique_ptr<ActuatorRunner>& actuator : actuators_) {
    if (std::optional<Rows> report = actuator->TakeReport()) {
      const RunningController& controller = actuator->controller();
      const absl::Status status =
          controller.outputs().front()->rows.State(controller.node().name, *std::move(report));
      if (!status.ok()) {
        base::Log(base::Severity::kWarning, "{}: {}", controller.node().name,
                  base::MessageOf(status));
      }
    }
  }
}

void Runtime::PublishStatuses() {
  if (!std::exchange(statuses_changed_, false)) {
    return;
  }
  Desired<runtime::ControllerStatus> statuses;
  for (const Node& node : nodes_) {
    if (node.kind == ControllerKind::kSource) {
      const auto found = source_statuses_.find(node.name);
      statuses.Add(node.name, SourceStatus(node, found == source_statuses_.end()
                                                     ? std::nullopt
                                                     : std::optional(found->second)));
    }
  }
  for (const auto& [index, reconciler] : reconcilers_) {
    statuses.Add(reconciler.controller.node().name, StatusOf(reconciler.controller));
  }
  for (const std::unique_ptr<ActuatorRunner>& actuator : actuators_) {
    statuses.Add(actuator->controller().node().name, StatusOf(*actuator));
  }
  const absl::Status status =
      TypeOf(ControllerStatusType().kind).rows.State(kStatusWriter, std::move(statuses).Take());
  CHECK(status.ok()) << status;
}

bool Runtime::AnythingReady() const {
  return std::ranges::any_of(reconcilers_,
                             [](const auto& entry) {
                               const RunningController& controller = entry.second.controller;
                               return controller.UnknownInput() == nullptr &&
                                      controller.InputsChanged();
                             }) ||
         std::ranges::any_of(actuators_, [](const auto& actuator) { return actuator->Ready(); });
}

}  // namespace ichor
