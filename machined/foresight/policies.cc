#include "machined/foresight/policies.h"

#include "lib/runtime/signature.h"
#include "machined/config/coverage/coverage.h"
#include "machined/delivery/destination.h"
#include "machined/files/render.h"
#include "machined/hostname/policy.h"
#include "machined/hostname/wishes.h"
#include "machined/modules/policy.h"
#include "machined/network/policy.h"
#include "machined/parameters/policy.h"
#include "machined/secrets/root.h"
#include "machined/watchdog/policy.h"

namespace ichor {

std::vector<ReconcilerBody> ConfigPolicies() {
  using signature::Reconciler;
  return {Reconciler("network.wish-hostname", WishHostname),
          Reconciler("network.merge-hostname-wishes", MergeHostnameWishes),
          Reconciler("network.choose-hostname", ChooseHostname),
          Reconciler("network.describe-config", DescribeNetwork),
          Reconciler("files.render-hosts", RenderHosts),
          Reconciler("files.render-resolv-conf", RenderResolvConf),
          Reconciler("parameters.want", WantParameters),
          Reconciler("parameters.diagnose-hardening", DiagnoseHardening),
          Reconciler("modules.want", WantModules),
          Reconciler("watchdog.want", WantWatchdog),
          Reconciler("delivery.want-kernel-log", WantKernelLog),
          Reconciler("secrets.derive-os-root", DeriveOsRoot),
          Reconciler("config.derive-machine-type", DeriveMachineType),
          Reconciler("config.diagnose-coverage", DiagnoseCoverage)};
}

}  // namespace ichor
