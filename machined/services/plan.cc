#include "machined/services/plan.h"

#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

// Whether what there is of a process is what is desired. One that is being started is: its host
// compares what it starts, and the fingerprint here is that of the process before.
bool IsAsDesired(const services::ProcessSpec::Spec& desired,
                 const services::ProcessStatus::Spec& process) {
  return desired.provisional() || process.pid() == 0 || process.fingerprint() == 0 ||
         process.fingerprint() == FingerprintOf(desired);
}

}  // namespace

std::vector<ProcessAction> PlanProcesses(const All<services::ProcessSpec>& desired,
                                         const All<services::ProcessStatus>& observed) {
  std::vector<ProcessAction> actions;
  for (const auto& row : observed) {
    const bool begun = row.spec().pid() != 0 || !row.spec().progress().empty();
    const bool runs = begun && !row.spec().stopping();
    const auto wish = desired.find(row.id());
    if (runs && (wish == desired.end() || !IsAsDesired(wish->spec(), row.spec()))) {
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
