#include "machined/services/apply.h"

#include "lib/base/status.h"

namespace ichor {

absl::Status ApplyProcesses(const All<services::ProcessSpec>& desired,
                            const All<services::ProcessStatus>& observed, ProcessHost& init,
                            ProcessHost& containers) {
  absl::Status result;
  for (const ProcessAction& action : PlanProcesses(desired, observed)) {
    absl::Status status;
    if (action.kind == ProcessAction::Kind::kStart) {
      const auto& spec = desired.find(action.id)->spec();
      ProcessHost& host = spec.parameters().has_container() ? containers : init;
      status = host.Start(action.id, spec);
    } else {
      const bool contained = observed.find(action.id)->spec().in_container();
      status = (contained ? containers : init).Stop(action.id);
    }
    result.Update(base::Annotate(status, action.id));
  }
  return result;
}

}  // namespace ichor
