// `ichorctl wipe`: disks, and what is made of several of them.
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ichorctl/control/parts.h"
#include "ichorctl/control/tell.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "storage/storage.pb.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

// The name of a device, which may be given with its directory.
std::string WithoutDirectory(const std::string& device) {
  constexpr std::string_view kDirectory = "/dev/";
  return device.starts_with(kDirectory) ? device.substr(kDirectory.size()) : device;
}

struct WipeOptions {
  std::string method = "FAST";
  bool drop_partition = false;
  bool skip_volume_check = false;
  bool skip_secondary_check = false;
};

absl::Status WipeDisks(const NodeFlags& flags, const WipeOptions& options, const Arguments& devices,
                       Session& session) {
  storage::BlockDeviceWipeRequest request;
  for (const std::string& device : devices) {
    storage::BlockDeviceWipeDescriptor& wipe = *request.add_devices();
    wipe.set_device(WithoutDirectory(device));
    wipe.set_method(options.method == "ZEROES" ? storage::BlockDeviceWipeDescriptor::ZEROES
                                               : storage::BlockDeviceWipeDescriptor::FAST);
    wipe.set_drop_partition(options.drop_partition);
    wipe.set_skip_volume_check(options.skip_volume_check);
    wipe.set_skip_secondary_check(options.skip_secondary_check);
  }
  return Tell(flags, "/storage.StorageService/BlockDeviceWipe", request, session);
}

Command WipeDiskCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<WipeOptions>();
  return {.name = "disk",
          .summary = "Wipes disks or partitions that nothing uses",
          .flags = {{.name = "method",
                     .value = "METHOD",
                     .help = "FAST: what names a content; ZEROES: all",
                     .target = &options->method,
                     .words = {"FAST", "ZEROES"}},
                    {.name = "drop-partition",
                     .help = "takes a wiped partition out of its table",
                     .target = &options->drop_partition},
                    {.name = "skip-volume-check",
                     .help = "even if a volume is on it",
                     .target = &options->skip_volume_check,
                     .hidden = true},
                    {.name = "skip-secondary-check",
                     .help = "even if another device is made of it",
                     .target = &options->skip_secondary_check,
                     .hidden = true}},
          .arguments = {{.name = "DEVICE", .help = "sdb, nvme0n1p3", .repeated = true}},
          .run = [flags, options](Session& session, const Arguments& arguments) {
            return WipeDisks(*flags, *options, arguments, session);
          }};
}

absl::Status RemoveLogicalVolume(const NodeFlags& flags, const std::string& name,
                                 Session& session) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) {
    return absl::InvalidArgumentError(std::format(
        "\"{}\" names no logical volume: expected its group and itself, like vg0/data", name));
  }
  machine::LVMServiceLogicalVolumeRemoveRequest request;
  request.set_volume_group(name.substr(0, slash));
  request.set_logical_volume(name.substr(slash + 1));
  return Tell(flags, "/machine.LVMService/LogicalVolumeRemove", request, session);
}

Command LogicalVolumeCommand(const SharedNodeFlags& flags) {
  return {.name = "lv",
          .summary = "Removes a logical volume of LVM",
          .arguments = {{.name = "VOLUME", .help = "its group and itself: vg0/data"}},
          .run = [flags](Session& session, const Arguments& arguments) {
            return RemoveLogicalVolume(*flags, arguments.front(), session);
          }};
}

Command VolumeGroupCommand(const SharedNodeFlags& flags) {
  return {.name = "vg",
          .summary = "Removes a volume group of LVM, with what is in it",
          .arguments = {{.name = "GROUP", .help = "its name: vg0"}},
          .run = [flags](Session& session, const Arguments& arguments) {
            machine::LVMServiceVolumeGroupRemoveRequest request;
            request.set_volume_group(arguments.front());
            return Tell(*flags, "/machine.LVMService/VolumeGroupRemove", request, session);
          }};
}

Command PhysicalVolumeCommand(const SharedNodeFlags& flags) {
  return {.name = "pv",
          .summary = "Takes a device out of LVM",
          .arguments = {{.name = "DEVICE", .help = "/dev/sdb"}},
          .run = [flags](Session& session, const Arguments& arguments) {
            machine::LVMServicePhysicalVolumeRemoveRequest request;
            request.set_device(arguments.front());
            return Tell(*flags, "/machine.LVMService/PhysicalVolumeRemove", request, session);
          }};
}

Command ArrayCommand(const SharedNodeFlags& flags) {
  return {.name = "md",
          .summary = "Destroys an array of disks (MD)",
          .arguments = {{.name = "DEVICE", .help = "/dev/md0"}},
          .run = [flags](Session& session, const Arguments& arguments) {
            machine::MDDestroyRequest request;
            request.set_device(arguments.front());
            return Tell(*flags, "/machine.MDService/Destroy", request, session);
          }};
}

}  // namespace

Command WipeCommand(const SharedNodeFlags& flags) {
  return {
      .name = "wipe",
      .summary = "Wipes disks, and what is made of several of them",
      .flags = WithNodeFlags(flags, Maintenance::kYes),
      .commands = {WipeDiskCommand(flags), LogicalVolumeCommand(flags), VolumeGroupCommand(flags),
                   PhysicalVolumeCommand(flags), ArrayCommand(flags)}};
}

}  // namespace ichor::ctl
