#include "machined/hostname/register.h"

#include "machined/hostname/apply.h"
#include "machined/hostname/policy.h"

namespace ichor {

void RegisterHostname(Runtime& runtime, sys::Kernel& kernel) {
  runtime.Reconcile("network.choose-hostname", ChooseHostname);
  runtime.Actuate<network::HostnameStatus>(
      "network.apply-hostname",
      [&kernel](const auto& desired) { return ApplyHostname(desired, kernel); });
}

}  // namespace ichor
