#include "machined/services/plan.h"

namespace ichor {

std::vector<ProcessAction> PlanProcesses(const All<services::ProcessSpec>& desired,
                                         const All<services::ProcessStatus>& observed) {
  std::vector<ProcessAction> actions;
  for (const auto& row : observed) {
    const bool runs = row.spec().pid() != 0 && !row.spec().stopping();
    if (runs && desired.find(row.id()) == desired.end()) {
      actions.push_back({.kind = ProcessAction::Kind::kStop, .id = row.id()});
    }
  }
  for (const auto& row : desired) {
    const auto process = observed.find(row.id());
    if (process == observed.end() ||
        (process->spec().pid() == 0 && !process->spec().backing_off())) {
      actions.push_back({.kind = ProcessAction::Kind::kStart, .id = row.id()});
    }
  }
  return actions;
}

}  // namespace ichor
