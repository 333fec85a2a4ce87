#include "lib/runtime/controller_status.h"

#include <format>
#include <string>

#include "lib/resource/time_proto.h"

namespace ichor {
namespace {

using StatusSpec = runtime::ControllerStatus::Spec;

StatusSpec Describe(const Node& node) {
  StatusSpec spec;
  switch (node.kind) {
    case ControllerKind::kSource:
      spec.set_kind(StatusSpec::SOURCE);
      break;
    case ControllerKind::kReconciler:
      spec.set_kind(StatusSpec::RECONCILER);
      break;
    case ControllerKind::kActuator:
      spec.set_kind(StatusSpec::ACTUATOR);
      break;
  }
  for (const TypeRef& input : node.inputs) {
    spec.add_inputs(ToString(input.kind));
  }
  for (const TypeRef& output : node.outputs) {
    spec.add_outputs(ToString(output.kind));
  }
  return spec;
}

void SetOutcome(const absl::Status& status, StatusSpec& spec) {
  spec.set_phase(status.ok() ? StatusSpec::OK : StatusSpec::FAILING);
  spec.set_error(std::string(status.message()));
}

}  // namespace

TypeRef ControllerStatusType() {
  return TypeRef::Of<runtime::ControllerStatus>();
}

StatusSpec SourceStatus(const Node& node, const std::optional<absl::Status>& last) {
  StatusSpec spec = Describe(node);
  spec.set_phase(StatusSpec::WAITING);
  if (last.has_value()) {
    SetOutcome(*last, spec);
    spec.set_failures(last->ok() ? 0 : 1);
  }
  return spec;
}

StatusSpec StatusOf(const RunningController& controller) {
  StatusSpec spec = Describe(controller.node());
  if (controller.finished_once()) {
    SetOutcome(controller.status(), spec);
    spec.set_failures(controller.failures());
  } else if (const TypeState* unknown = controller.UnknownInput(); unknown != nullptr) {
    spec.set_phase(StatusSpec::WAITING);
    spec.set_error(std::format("waiting for {}", ToString(*unknown->rows.collection().kind())));
  } else {
    spec.set_phase(StatusSpec::RUNNING);
  }
  return spec;
}

StatusSpec StatusOf(const ActuatorRunner& actuator) {
  StatusSpec spec = StatusOf(actuator.controller());
  if (actuator.stuck()) {
    spec.set_phase(StatusSpec::STUCK);
    spec.set_error(std::format("no answer for {}", ActuatorRunner::kStuckAfter));
  }
  if (actuator.backoff().count() > 0) {
    *spec.mutable_next_retry() = ToProto(actuator.backoff());
  }
  return spec;
}

}  // namespace ichor
