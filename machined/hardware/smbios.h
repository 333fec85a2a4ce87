// What the firmware says about the machine: the tables of SMBIOS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

// Texts are as the firmware has them, without white space around, and empty if it says none.
struct SmbiosSystem {
  std::string manufacturer;
  std::string product_name;
  std::string version;
  std::string serial_number;
  std::string uuid;  // in lower case; empty if the firmware has none (all zeros or all ones)
  std::string wake_up_type;
  std::string sku_number;
};

struct SmbiosProcessor {
  std::string socket;
  std::string manufacturer;
  std::string product_name;
  std::string serial_number;
  std::string asset_tag;
  std::string part_number;
  std::uint32_t max_speed_mhz = 0;
  std::uint32_t boot_speed_mhz = 0;
  std::uint32_t status = 0;  // the byte of the table
  std::uint32_t core_count = 0;
  std::uint32_t core_enabled = 0;
  std::uint32_t thread_count = 0;
};

// One slot for memory; size 0: empty, or the firmware does not know.
struct SmbiosMemory {
  std::string device_locator;
  std::string bank_locator;
  std::string manufacturer;
  std::string serial_number;
  std::string asset_tag;
  std::string product_name;
  std::uint32_t size_mib = 0;
  std::uint32_t speed = 0;  // million transfers per second
};

struct Smbios {
  std::string bios_version;
  SmbiosSystem system;
  std::vector<SmbiosProcessor> processors;
  std::vector<SmbiosMemory> memory;
};

// Parses the bytes of /sys/firmware/dmi/tables/DMI, the structure table of SMBIOS 2 or 3. Of types
// 0 and 1 the first counts. Reading stops at the end-of-table structure or where the table breaks
// off: what was read till then counts. See DMTF DSP0134.
Smbios ParseSmbios(std::string_view table);

}  // namespace ichor
