// Device mapper: linux/dm-ioctl.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::stage1 {

using DevicePath = early::Text<64>;

// One target over a whole new device.
struct Target {
  std::string_view type;
  std::string_view parameters;
  std::uint64_t sectors = 0;  // of 512 bytes
};

class DeviceMapper {
 public:
  // False, with errno, if the kernel has none.
  bool Open();

  // Makes a read-only device of this name and gives its path in /dev; empty, with errno, if the
  // kernel refuses.
  DevicePath Create(std::string_view name, const Target& target) const;

 private:
  early::Fd control_;
};

}  // namespace ichor::stage1
