#include "machined/boot/register.h"

#include "machined/boot/machine_status.h"
#include "machined/boot/services.h"
#include "machined/environment/policy.h"

namespace ichor {

void RegisterBoot(Runtime& runtime) {
  runtime.Reconcile("boot.want-environment", WantEnvironment);
  runtime.Reconcile("boot.diagnose-environment", DiagnoseEnvironment);
  // Services start without one: the disk that says it is found with their help.
  runtime.SetExternal(TypeRef::Of<runtime::Environment>(), true);
  runtime.Reconcile("boot.define-services", DefineServices);
  runtime.Reconcile("boot.devices-status", DecideDevicesStatus);
  runtime.Reconcile("boot.machine-status", DecideMachineStatus);
}

}  // namespace ichor
