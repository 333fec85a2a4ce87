#include "machined/hostname/register.h"

#include "machined/hostname/apply.h"
#include "machined/hostname/default_name.h"
#include "machined/hostname/policy.h"

namespace ichor {

void RegisterHostname(Runtime& runtime, sys::Kernel& kernel) {
  runtime.Reconcile("network.choose-hostname", ChooseHostname);
  runtime.Actuate<network::HostnameStatus>(
      "network.apply-hostname",
      [&kernel](const auto& desired) { return ApplyHostname(desired, kernel); });
}

void RegisterHostnameWishes(Runtime& runtime) {
  runtime.Reconcile("network.wish-default-hostname", WishDefaultHostname);
  runtime.Reconcile("network.merge-hostname-wishes", MergeHostnameWishes);
}

}  // namespace ichor
