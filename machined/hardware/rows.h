// From what the machine says of itself to rows.
#pragma once

#include "lib/runtime/rows.h"
#include "machined/hardware/cpu_info.h"
#include "machined/hardware/facts.h"
#include "machined/hardware/smbios.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The system, once META is loaded: META's key 0x0f replaces the firmware's UUID.
Report<hardware::SystemInformation> SystemRows(const Smbios& smbios,
                                               const All<runtime::MetaKey>& keys,
                                               const All<runtime::MetaLoad>& loads);

// Ids are the firmware's names of sockets and slots with - for spaces; those that are empty or
// there twice get a number.
Report<hardware::Processor> ProcessorRows(const Smbios& smbios);
Report<hardware::MemoryModule> MemoryRows(const Smbios& smbios);

// Without a database of names, vendor, product and subclass read as their numbers.
Report<hardware::PCIDevice> PciRows(const std::vector<PciDevice>& devices);

Report<hardware::CPUCore> CpuRows(const std::vector<CpuCore>& cores);

}  // namespace ichor
