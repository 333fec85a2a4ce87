#include "machined/wipe/policy.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <utility>

#include "absl/strings/str_split.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

using Device = Row<block::BlockDevice>;

constexpr std::string_view kDev = "/dev/";
constexpr size_t kNumbers = 2;  // of the fields of mountinfo, from 0; proc_pid_mountinfo(5)
constexpr size_t kMountPoint = 4;

std::optional<std::int64_t> NumberOf(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size() ? std::optional(number)
                                                                   : std::nullopt;
}

std::vector<std::string> Words(std::string_view line) {
  return absl::StrSplit(absl::string_view(line.data(), line.size()), ' ', absl::SkipEmpty());
}

std::vector<std::string> Lines(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), '\n', absl::SkipEmpty());
}

std::optional<DeviceUse> MountOf(const std::vector<std::string>& fields) {
  const auto dash = std::ranges::find(fields, "-");
  if (fields.size() <= kMountPoint || fields.end() - dash < 3) {
    return std::nullopt;
  }
  const std::string& numbers = fields[kNumbers];
  const size_t colon = std::min(numbers.find(':'), numbers.size() - 1);
  const auto major = NumberOf(std::string_view(numbers).substr(0, colon));
  const auto minor = NumberOf(std::string_view(numbers).substr(colon + 1));
  if (!major.has_value() || !minor.has_value()) {
    return std::nullopt;
  }
  return DeviceUse{.major = *major,
                   .minor = *minor,
                   .dev_path = *(dash + 2),
                   .how = "mounted at " + fields[kMountPoint]};
}

bool IsUsedBy(const Device& device, const DeviceUse& use) {
  return use.dev_path == std::string(kDev) + device.id() ||
         (use.major == device.spec().major() && use.minor == device.spec().minor() &&
          (use.major != 0 || use.minor != 0));
}

// The device and its partitions.
std::vector<Device> FamilyOf(const Device& device, const DiskWorld& world) {
  std::vector<Device> family = {device};
  for (const Device& other : world.devices) {
    if (other.spec().parent() == device.id()) {
      family.push_back(other);
    }
  }
  return family;
}

absl::Status InUse(const std::string& name, const std::string& why) {
  return absl::FailedPreconditionError(std::format("\"{}\" is in use: {}", name, why));
}

absl::Status CheckSystemDisk(const Device& device, const DiskWorld& world) {
  for (const auto& system : world.system_disks) {
    if (system.spec().disk_id() == device.id()) {
      return absl::FailedPreconditionError(
          std::format("\"{}\" is the system disk: reset wipes it", device.id()));
    }
    if (system.spec().disk_id() == device.spec().parent()) {
      return absl::FailedPreconditionError(
          std::format("\"{}\" is a partition of the system disk", device.id()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckUnused(const Device& device, const DiskWorld& world, bool skip_holders) {
  for (const Device& member : FamilyOf(device, world)) {
    for (const DeviceUse& use : world.uses) {
      if (IsUsedBy(member, use)) {
        return InUse(device.id(), std::format("{} is {}", member.id(), use.how));
      }
    }
    for (const Device& other : world.devices) {
      if (!skip_holders && std::ranges::contains(other.spec().secondaries(), member.id())) {
        return InUse(device.id(), std::format("{} is made of {}", other.id(), member.id()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<DeviceUse> ParseUses(std::string_view mounts, std::string_view swaps) {
  std::vector<DeviceUse> uses;
  for (const std::string& line : Lines(mounts)) {
    if (std::optional<DeviceUse> use = MountOf(Words(line)); use.has_value()) {
      uses.push_back(*std::move(use));
    }
  }
  for (const std::string& line : Lines(swaps)) {
    if (line.starts_with(kDev)) {
      uses.push_back({.dev_path = Words(line).front(), .how = "used as swap"});
    }
  }
  return uses;
}

absl::StatusOr<WipePlan> PlanWipe(const storage::BlockDeviceWipeDescriptor& asked,
                                  const DiskWorld& world) {
  const std::string name =
      asked.device().starts_with(kDev) ? asked.device().substr(kDev.size()) : asked.device();
  const auto device = world.devices.find(name);
  if (device == world.devices.end()) {
    return absl::NotFoundError(std::format("no block device \"{}\"", name));
  }
  const block::BlockDevice::Spec& spec = device->spec();
  RETURN_IF_ERROR(CheckSystemDisk(*device, world));
  RETURN_IF_ERROR(CheckUnused(*device, world, asked.skip_secondary_check()));
  WipePlan plan{.dev_path = std::string(kDev) + name,
                .everything = asked.method() == storage::BlockDeviceWipeDescriptor::ZEROES};
  if (asked.drop_partition()) {
    if (spec.parent().empty() || spec.partition_number() <= 0) {
      return absl::InvalidArgumentError(std::format("\"{}\" is no partition to drop", name));
    }
    plan.entry = WipePlan::Entry{.disk_path = std::string(kDev) + spec.parent(),
                                 .number = static_cast<std::uint32_t>(spec.partition_number())};
  }
  for (const auto& volume : world.volumes) {
    if (volume.spec().parent() == name && volume.spec().size() > 0) {
      plan.inside.push_back(
          {.offset_bytes = volume.spec().offset(), .size_bytes = volume.spec().size()});
    }
  }
  return plan;
}

}  // namespace ichor
