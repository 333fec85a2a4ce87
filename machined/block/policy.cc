#include "machined/block/policy.h"

#include <algorithm>
#include <format>
#include <string>
#include <utility>

#include "machined/block/dev_path.h"

namespace ichor {
namespace {

using block::BlockDevice;

auto FindByNumber(const All<BlockDevice>& devices, const DeviceNumber& number) {
  return std::ranges::find_if(devices, [&](const Row<BlockDevice>& row) {
    return row.spec().major() == number.major && row.spec().minor() == number.minor;
  });
}

std::string NameOf(const All<BlockDevice>& devices, const DeviceNumber& number) {
  const auto found = FindByNumber(devices, number);
  return found == devices.end() ? std::format("block device {}:{}", number.major, number.minor)
                                : DevPath(found->id());
}

}  // namespace

absl::StatusOr<Desired<block::SystemDisk>> ChooseSystemDisk(const All<BlockDevice>& devices,
                                                            const BootFacts& facts) {
  if (!facts.system_disk.has_value()) {
    return Desired<block::SystemDisk>();
  }
  const auto found = FindByNumber(devices, *facts.system_disk);
  if (found == devices.end()) {
    return Desired<block::SystemDisk>();
  }
  block::SystemDisk::Spec disk;
  disk.set_disk_id(found->id());
  disk.set_dev_path(DevPath(found->id()));
  return Desired<block::SystemDisk>{{"system-disk", std::move(disk)}};
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseBootDisks(const All<BlockDevice>& devices,
                                                               const BootFacts& facts) {
  Desired<runtime::Diagnostic> diagnostics;
  if (!facts.copies.empty()) {
    runtime::Diagnostic::Spec copies;
    copies.set_message("other disks carry the same GUIDs as the system disk");
    if (facts.system_disk.has_value()) {
      copies.add_details(
          std::format("the system runs from {}", NameOf(devices, *facts.system_disk)));
    }
    for (const DeviceNumber& copy : facts.copies) {
      copies.add_details(std::format("{} is a copy", NameOf(devices, copy)));
    }
    diagnostics.Add("disk-copies", std::move(copies));
  }
  if (!facts.errors.empty()) {
    runtime::Diagnostic::Spec errors;
    errors.set_message("what the boot said about the disks cannot be understood");
    for (const std::string& error : facts.errors) {
      errors.add_details(error);
    }
    diagnostics.Add("boot-disks", std::move(errors));
  }
  return diagnostics;
}

}  // namespace ichor
