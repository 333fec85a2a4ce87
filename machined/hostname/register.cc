#include "machined/hostname/register.h"

#include "machined/hostname/apply.h"
#include "machined/hostname/platform_wish.h"
#include "machined/hostname/policy.h"
#include "machined/hostname/wishes.h"

namespace ichor {

void RegisterHostname(Runtime& runtime, sys::Kernel& kernel) {
  runtime.Reconcile("network.choose-hostname", ChooseHostname);
  runtime.Actuate<network::HostnameStatus>(
      "network.apply-hostname",
      [&kernel](const auto& desired) { return ApplyHostname(desired, kernel); });
}

void RegisterHostnameWishes(Runtime& runtime) {
  runtime.Reconcile("network.wish-hostname", WishHostname);
  runtime.Reconcile("network.wish-platform-hostname", WishPlatformHostname);
  runtime.Reconcile("network.merge-hostname-wishes", MergeHostnameWishes);
}

}  // namespace ichor
