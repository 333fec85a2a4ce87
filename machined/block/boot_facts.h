// What stage 1 found out about the disks, once, before anything else ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ichor {

// MAJOR:MINOR of a block device.
struct DeviceNumber {
  std::int64_t major = 0;
  std::int64_t minor = 0;

  friend bool operator==(const DeviceNumber&, const DeviceNumber&) = default;
};

// Absent if `text` is not two decimal numbers with a colon between them.
std::optional<DeviceNumber> ParseDeviceNumber(std::string_view text);

struct BootFacts {
  std::optional<DeviceNumber> system_disk;  // absent: booted from RAM media
  std::vector<DeviceNumber> copies;         // other disks with the same GUIDs
  std::vector<std::string> errors;          // lines of the files that cannot be understood
};

// From the contents of the files `system-disk` and `copies` in /system/run/boot; an absent file is
// empty. docs/boot.md says what they hold.
BootFacts ParseBootFacts(std::string_view system_disk, std::string_view copies);

}  // namespace ichor
