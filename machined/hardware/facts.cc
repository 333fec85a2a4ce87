#include "machined/hardware/facts.h"

#include <string_view>
#include <utility>

#include "lib/sys/uevents.h"

namespace ichor {
namespace {

constexpr size_t kSmbiosLimitBytes = 4UL * 1024 * 1024;
constexpr size_t kCpuInfoLimitBytes = 16UL * 1024 * 1024;  // 1,024 processors with long flags
constexpr size_t kUdevLimitBytes = 64UL * 1024;
constexpr std::string_view kPci = "/sys/bus/pci/devices";

// What sysfs tells to everybody, where the table itself is not there.
void ReadDmiIds(sys::Sysfs& sysfs, Smbios& smbios) {
  const std::string directory = "/sys/class/dmi/id/";
  smbios.bios_version = sys::ReadAttribute(sysfs, directory + "bios_version");
  smbios.system.manufacturer = sys::ReadAttribute(sysfs, directory + "sys_vendor");
  smbios.system.product_name = sys::ReadAttribute(sysfs, directory + "product_name");
  smbios.system.version = sys::ReadAttribute(sysfs, directory + "product_version");
  smbios.system.serial_number = sys::ReadAttribute(sysfs, directory + "product_serial");
  smbios.system.uuid = sys::ReadAttribute(sysfs, directory + "product_uuid");
  smbios.system.sku_number = sys::ReadAttribute(sysfs, directory + "product_sku");
}

void ReadDeviceTree(sys::Sysfs& sysfs, SmbiosSystem& system) {
  const std::string directory = "/sys/firmware/devicetree/base/";
  system.product_name = sys::ReadAttribute(sysfs, directory + "model");
  system.serial_number = sys::ReadAttribute(sysfs, directory + "serial-number");
  // "raspberrypi,4-model-b" is the first of the compatible names; before the comma is the maker.
  const std::string compatible = sys::ReadAttribute(sysfs, directory + "compatible");
  if (const size_t comma = compatible.find(','); comma != std::string::npos) {
    system.manufacturer = compatible.substr(0, comma);
  }
}

// What udevd knows of a device: lines like E:ID_VENDOR_FROM_DATABASE=Red Hat, Inc.
void ReadUdevNames(sys::Sysfs& sysfs, PciDevice& device) {
  const std::string text =
      sysfs.Read("/run/udev/data/+pci:" + device.address, kUdevLimitBytes).value_or(std::string());
  auto properties = sys::ParseProperties(text, '\n');
  device.class_name = std::move(properties["E:ID_PCI_CLASS_FROM_DATABASE"]);
  device.subclass_name = std::move(properties["E:ID_PCI_SUBCLASS_FROM_DATABASE"]);
  device.vendor_name = std::move(properties["E:ID_VENDOR_FROM_DATABASE"]);
  device.product_name = std::move(properties["E:ID_MODEL_FROM_DATABASE"]);
}

}  // namespace

Smbios ReadSmbios(sys::Sysfs& sysfs) {
  Smbios smbios;
  const absl::StatusOr<std::string> table =
      sysfs.Read("/sys/firmware/dmi/tables/DMI", kSmbiosLimitBytes);
  if (table.ok()) {
    return ParseSmbios(*table);
  }
  ReadDmiIds(sysfs, smbios);
  if (smbios.system.product_name.empty() && smbios.system.manufacturer.empty()) {
    ReadDeviceTree(sysfs, smbios.system);
  }
  return smbios;
}

std::vector<PciDevice> ReadPciDevices(sys::Sysfs& sysfs) {
  std::vector<PciDevice> devices;
  const auto addresses = sysfs.List(std::string(kPci));
  for (const std::string& address : addresses.value_or(std::vector<std::string>())) {
    const std::string directory = std::string(kPci) + "/" + address + "/";
    PciDevice device;
    device.address = address;
    // 0xCCSSPP: class, subclass, programming interface.
    const std::string kind = sys::ReadAttribute(sysfs, directory + "class");
    if (kind.size() == 8) {
      device.class_id = kind.substr(0, 4);
      device.subclass_id = "0x" + kind.substr(4, 2);
    }
    device.vendor_id = sys::ReadAttribute(sysfs, directory + "vendor");
    device.product_id = sys::ReadAttribute(sysfs, directory + "device");
    const absl::StatusOr<std::string> driver = sysfs.Resolve(directory + "driver");
    if (driver.ok()) {
      device.driver = driver->substr(driver->rfind('/') + 1);
    }
    ReadUdevNames(sysfs, device);
    devices.push_back(std::move(device));
  }
  return devices;
}

std::vector<CpuCore> ReadCpuCores(sys::Sysfs& sysfs) {
  return ParseCpuInfo(sysfs.Read("/proc/cpuinfo", kCpuInfoLimitBytes).value_or(std::string()));
}

}  // namespace ichor
