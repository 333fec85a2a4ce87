#include "machined/boot/register.h"

#include "machined/boot/machine_status.h"
#include "machined/boot/services.h"

namespace ichor {

void RegisterBoot(Runtime& runtime) {
  runtime.Reconcile("boot.define-services", DefineServices);
  runtime.Reconcile("boot.devices-status", DecideDevicesStatus);
  runtime.Reconcile("boot.machine-status", DecideMachineStatus);
}

}  // namespace ichor
