#include "machined/services/register.h"

#include "machined/services/apply.h"
#include "machined/services/decide.h"

namespace ichor {

void RegisterServices(Runtime& runtime, ProcessHost& host) {
  runtime.Reconcile("services.decide", DecideServices);
  runtime.Actuate<services::ProcessSpec, services::ProcessStatus>(
      "services.apply-processes", [&host](const auto& desired, const auto& observed) {
        return ApplyProcesses(desired, observed, host);
      });
}

}  // namespace ichor
