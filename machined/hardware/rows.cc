#include "machined/hardware/rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <format>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lib/resource/utf8_text.h"

namespace ichor {
namespace {

constexpr std::string_view kUuidOverrideKey = "0x0f";

// Gives ids that are not empty, hold no spaces, and are there once.
class Ids {
 public:
  std::string Next(std::string_view name, std::string_view fallback) {
    std::string id = Utf8Text(name.empty() ? fallback : name);
    std::ranges::replace(id, ' ', '-');
    const std::string first = id;
    for (int number = 2; !taken_.insert(id).second; ++number) {
      id = std::format("{}-{}", first, number);
    }
    return id;
  }

 private:
  std::set<std::string> taken_;
};

// The PCI specification's names of base classes.
std::string PciClassName(std::string_view class_id) {
  constexpr std::array<std::string_view, 20> kNames = {"Unclassified device",
                                                       "Mass storage controller",
                                                       "Network controller",
                                                       "Display controller",
                                                       "Multimedia controller",
                                                       "Memory controller",
                                                       "Bridge",
                                                       "Communication controller",
                                                       "Generic system peripheral",
                                                       "Input device controller",
                                                       "Docking station",
                                                       "Processor",
                                                       "Serial bus controller",
                                                       "Wireless controller",
                                                       "Intelligent controller",
                                                       "Satellite communications controller",
                                                       "Encryption controller",
                                                       "Signal processing controller",
                                                       "Processing accelerators",
                                                       "Non-Essential Instrumentation"};
  unsigned number = kNames.size();
  if (class_id.starts_with("0x")) {
    std::from_chars(class_id.data() + 2, class_id.data() + class_id.size(), number, 16);
  }
  return std::string(number < kNames.size() ? kNames.at(number) : class_id);
}

// The name, or what stands for it.
std::string Named(const std::string& name, const std::string& fallback) {
  return name.empty() ? fallback : Utf8Text(name);
}

}  // namespace

Report<hardware::SystemInformation> SystemRows(const Smbios& smbios,
                                               const All<runtime::MetaKey>& keys,
                                               const All<runtime::MetaLoad>& loads) {
  Report<hardware::SystemInformation> report;
  if (loads.empty() || !loads.front().spec().done()) {
    return report;
  }
  const auto uuid = keys.find(kUuidOverrideKey);
  hardware::SystemInformation::Spec row;
  row.set_manufacturer(Utf8Text(smbios.system.manufacturer));
  row.set_product_name(Utf8Text(smbios.system.product_name));
  row.set_version(Utf8Text(smbios.system.version));
  row.set_bios_version(Utf8Text(smbios.bios_version));
  row.set_serial_number(Utf8Text(smbios.system.serial_number));
  row.set_uuid(uuid == keys.end() ? Utf8Text(smbios.system.uuid) : uuid->spec().value());
  row.set_wake_up_type(smbios.system.wake_up_type);
  row.set_sku_number(Utf8Text(smbios.system.sku_number));
  report.Add("systeminformation", std::move(row));
  return report;
}

Report<hardware::Processor> ProcessorRows(const Smbios& smbios) {
  Report<hardware::Processor> report;
  Ids ids;
  for (const SmbiosProcessor& processor : smbios.processors) {
    hardware::Processor::Spec row;
    row.set_socket(Utf8Text(processor.socket));
    row.set_manufacturer(Utf8Text(processor.manufacturer));
    row.set_product_name(Utf8Text(processor.product_name));
    row.set_max_speed(processor.max_speed_mhz);
    row.set_boot_speed(processor.boot_speed_mhz);
    row.set_status(processor.status);
    row.set_serial_number(Utf8Text(processor.serial_number));
    row.set_asset_tag(Utf8Text(processor.asset_tag));
    row.set_part_number(Utf8Text(processor.part_number));
    row.set_core_count(processor.core_count);
    row.set_core_enabled(processor.core_enabled);
    row.set_thread_count(processor.thread_count);
    report.Add(ids.Next(processor.socket, "processor"), std::move(row));
  }
  return report;
}

Report<hardware::MemoryModule> MemoryRows(const Smbios& smbios) {
  Report<hardware::MemoryModule> report;
  Ids ids;
  for (const SmbiosMemory& memory : smbios.memory) {
    hardware::MemoryModule::Spec row;
    row.set_size(memory.size_mib);
    row.set_device_locator(Utf8Text(memory.device_locator));
    row.set_bank_locator(Utf8Text(memory.bank_locator));
    row.set_speed(memory.speed);
    row.set_manufacturer(Utf8Text(memory.manufacturer));
    row.set_serial_number(Utf8Text(memory.serial_number));
    row.set_asset_tag(Utf8Text(memory.asset_tag));
    row.set_product_name(Utf8Text(memory.product_name));
    report.Add(ids.Next(memory.device_locator, "memory"), std::move(row));
  }
  return report;
}

Report<hardware::PCIDevice> PciRows(const std::vector<PciDevice>& devices) {
  Report<hardware::PCIDevice> report;
  for (const PciDevice& device : devices) {
    hardware::PCIDevice::Spec row;
    row.set_class_(Named(device.class_name, PciClassName(device.class_id)));
    row.set_subclass(Named(device.subclass_name, device.subclass_id));
    row.set_vendor(Named(device.vendor_name, device.vendor_id));
    row.set_product(Named(device.product_name, device.product_id));
    row.set_class_id(device.class_id);
    row.set_subclass_id(device.subclass_id);
    row.set_vendor_id(device.vendor_id);
    row.set_product_id(device.product_id);
    row.set_driver(device.driver);
    report.Add(device.address, std::move(row));
  }
  return report;
}

Report<hardware::CPUCore> CpuRows(const std::vector<CpuCore>& cores) {
  Report<hardware::CPUCore> report;
  for (const CpuCore& core : cores) {
    hardware::CPUCore::Spec row;
    row.set_socket(core.socket);
    row.set_core_id(core.core);
    row.mutable_logical_cpus()->Add(core.logical_cpus.begin(), core.logical_cpus.end());
    row.set_vendor_id(core.vendor);
    row.set_cpu_family(core.family);
    row.set_model(core.model);
    row.set_model_name(Utf8Text(core.model_name));
    row.set_stepping(core.stepping);
    row.set_microcode(core.microcode);
    row.set_cache_size(core.cache_size);
    row.set_cores_per_socket(core.cores_per_socket);
    row.set_threads_per_socket(core.threads_per_socket);
    row.mutable_flags()->Add(core.flags.begin(), core.flags.end());
    row.mutable_bugs()->Add(core.bugs.begin(), core.bugs.end());
    row.set_bogo_mips(core.bogo_mips);
    row.set_address_sizes(core.address_sizes);
    report.Add(core.id, std::move(row));
  }
  return report;
}

}  // namespace ichor
