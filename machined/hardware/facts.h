// What sysfs and procfs say about the machine.
#pragma once

#include <string>
#include <vector>

#include "lib/sys/sysfs.h"
#include "machined/hardware/cpu_info.h"
#include "machined/hardware/smbios.h"

namespace ichor {

struct PciDevice {
  std::string address;   // as in 0000:00:02.0
  std::string class_id;  // two hex digits with 0x before them, as the others
  std::string subclass_id;
  std::string vendor_id;  // four hex digits
  std::string product_id;
  std::string driver;
  // As udevd found them in its database; empty if it has none.
  std::string class_name;
  std::string subclass_name;
  std::string vendor_name;
  std::string product_name;
};

// The firmware's tables. A machine without them, as many arm64 boards are, has its model and serial
// number in the device tree. What cannot be read is empty. Blocks for memory only.
Smbios ReadSmbios(sys::Sysfs& sysfs);

// The devices on PCI buses now, by address.
std::vector<PciDevice> ReadPciDevices(sys::Sysfs& sysfs);

// The processor's cores. The kernel may take a millisecond per processor to write its text.
std::vector<CpuCore> ReadCpuCores(sys::Sysfs& sysfs);

}  // namespace ichor
