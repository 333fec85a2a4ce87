#include "lib/runtime/controller.h"

namespace ichor {

std::string_view ToString(ControllerKind kind) {
  switch (kind) {
    case ControllerKind::kSource:
      return "source";
    case ControllerKind::kReconciler:
      return "reconciler";
    case ControllerKind::kActuator:
      return "actuator";
  }
  return "unknown";
}

}  // namespace ichor
