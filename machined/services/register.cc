#include "machined/services/register.h"

#include "machined/services/apply.h"
#include "machined/services/decide.h"

namespace ichor {

void RegisterServices(Runtime& runtime, ProcessHost& init, ProcessHost& containers) {
  runtime.Reconcile("services.decide", DecideServices);
  runtime.Actuate<services::ProcessSpec, services::ProcessStatus>(
      "services.apply-processes", [&init, &containers](const auto& desired, const auto& observed) {
        return ApplyProcesses(desired, observed, init, containers);
      });
}

}  // namespace ichor
