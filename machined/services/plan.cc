#include "machined/services/plan.h"

#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

// Whether a process that runs with this fingerprint is what is desired.
bool IsAsDesired(const services::ProcessSpec::Spec& desired, std::uint64_t fingerprint) {
  return desired.provisional() || fingerprint == 0 || fingerprint == FingerprintOf(desired);
}

}  // namespace

std::vector<ProcessAction> PlanProcesses(const All<services::ProcessSpec>& desired,
                                         const All<services::ProcessStatus>& observed) {
  std::vector<ProcessAction> actions;
  for (const auto& row : observed) {
    const bool begun = row.spec().pid() != 0 || !row.spec().progress().empty();
    const bool runs = begun && !row.spec().stopping();
    const auto wish = desired.find(row.id());
    if (runs && (wish == desired.end() || !IsAsDesired(wish->spec(), row.spec().fingerprint()))) {
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
