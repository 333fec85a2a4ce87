#include "machined/hardware/register.h"

#include "machined/hardware/facts.h"
#include "machined/hardware/rows.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

using runtime::DevicesStatus;
using runtime::MetaKey;
using runtime::MetaLoad;

void RegisterHardware(Runtime& runtime, sys::Sysfs& sysfs) {
  runtime.Actuate<MetaKey, MetaLoad>(
      "hardware.read-system", [&sysfs](const All<MetaKey>& keys, const All<MetaLoad>& loads) {
        return SystemRows(ReadSmbios(sysfs), keys, loads);
      });
  runtime.Actuate<DevicesStatus>(
      "hardware.read-processors",
      [&sysfs](const All<DevicesStatus>& /*status*/) { return ProcessorRows(ReadSmbios(sysfs)); });
  runtime.Actuate<DevicesStatus>(
      "hardware.read-memory",
      [&sysfs](const All<DevicesStatus>& /*status*/) { return MemoryRows(ReadSmbios(sysfs)); });
  runtime.Actuate<DevicesStatus>(
      "hardware.read-pci",
      [&sysfs](const All<DevicesStatus>& /*status*/) { return PciRows(ReadPciDevices(sysfs)); });
  runtime.Actuate<DevicesStatus>(
      "hardware.read-cores",
      [&sysfs](const All<DevicesStatus>& /*status*/) { return CpuRows(ReadCpuCores(sysfs)); });
}

}  // namespace ichor
