#include "machined/install/disks_now.h"

#include <algorithm>

#include "machined/wipe/policy.h"

namespace ichor {
namespace {

constexpr std::string_view kDev = "/dev/";

}  // namespace

DisksAtHand DisksNow(Runtime& runtime, sys::Sysfs& sysfs, const std::string& booted) {
  const All<block::BlockDevice> devices = runtime.Read<block::BlockDevice>();
  const std::vector<DeviceUse> uses = ParseUses(sys::ReadAttribute(sysfs, "/proc/self/mountinfo"),
                                                sys::ReadAttribute(sysfs, "/proc/swaps"));
  DisksAtHand at_hand{.disks = runtime.Read<block::Disk>(),
                      .volumes = runtime.Read<block::DiscoveredVolume>(),
                      .booted = booted.starts_with(kDev) ? booted.substr(kDev.size()) : booted,
                      .is_removable = {},
                      .is_mounted = {}};
  at_hand.is_removable = [&sysfs](const std::string& id) {
    return sys::ReadAttribute(sysfs, "/sys/class/block/" + id + "/removable") == "1";
  };
  at_hand.is_mounted = [devices, uses](const std::string& id) {
    return std::ranges::any_of(devices, [&](const auto& row) {
      const block::BlockDevice::Spec& device = row.spec();
      return (row.id() == id || device.parent() == id) &&
             std::ranges::any_of(uses, [&](const DeviceUse& use) {
               return use.major == device.major() && use.minor == device.minor();
             });
    });
  };
  return at_hand;
}

}  // namespace ichor
