#include "machined/parameters/register.h"

#include <memory>
#include <utility>

#include "machined/parameters/apply.h"
#include "machined/parameters/policy.h"

namespace ichor {

void RegisterParameters(Runtime& runtime, sys::KernelValues& values, std::string memory) {
  using runtime::DevicesStatus;
  using runtime::KernelParamDefaultSpec;
  using runtime::KernelParamSpec;
  runtime.Reconcile("parameters.want", WantParameters);
  runtime.Reconcile("parameters.diagnose-hardening", DiagnoseHardening);
  // Again whenever modules may have come, which bring parameters.
  runtime.Actuate<KernelParamDefaultSpec, KernelParamSpec, DevicesStatus>(
      "parameters.apply",
      [setter = std::make_shared<ParameterSetter>(values, std::move(memory))](
          const All<KernelParamDefaultSpec>& defaults, const All<KernelParamSpec>& wishes,
          const All<DevicesStatus>& /*devices*/) { return setter->Apply(defaults, wishes); });
}

}  // namespace ichor
