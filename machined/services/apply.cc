#include "machined/services/apply.h"

#include "lib/base/status.h"

namespace ichor {

absl::Status ApplyProcesses(const All<services::ProcessSpec>& desired,
                            const All<services::ProcessStatus>& observed, ProcessHost& host) {
  absl::Status result;
  for (const ProcessAction& action : PlanProcesses(desired, observed)) {
    const absl::Status status = action.kind == ProcessAction::Kind::kStart
                                    ? host.Start(action.id, desired.find(action.id)->spec())
                                    : host.Stop(action.id);
    result.Update(base::Annotate(status, action.id));
  }
  return result;
}

}  // namespace ichor
