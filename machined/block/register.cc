#include "machined/block/register.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "lib/runtime/loop.h"
#include "machined/block/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr size_t kBootFactLimitBytes = 16'384;

std::string ReadFact(sys::Sysfs& sysfs, const std::string& name) {
  return sysfs.Read("/system/run/boot/" + name, kBootFactLimitBytes).value_or(std::string());
}

// Tells the loop, which is the world for an actuator, once udevd has seen all devices.
absl::Status AwaitDevices(const All<runtime::DevicesStatus>& status, Mailbox& mailbox,
                          const std::weak_ptr<Discovery*>& discovery) {
  if (std::ranges::any_of(status, [](const auto& row) { return row.spec().ready(); })) {
    mailbox.Post([discovery] {
      if (const auto alive = discovery.lock()) {
        (*alive)->OnDevicesSettled();
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace

BootFacts ReadBootFacts(sys::Sysfs& sysfs) {
  return ParseBootFacts(ReadFact(sysfs, "system-disk"), ReadFact(sysfs, "copies"));
}

std::unique_ptr<Discovery> RegisterBlock(const BlockContext& context, const BootFacts& facts) {
  auto discovery = std::make_unique<Discovery>(context, facts);
  if (facts.system_disk.has_value()) {
    context.runtime.Reconcile("block.choose-system-disk",
                              [facts](const All<block::BlockDevice>& devices) {
                                return ChooseSystemDisk(devices, facts);
                              });
  }
  context.runtime.Reconcile("block.diagnose-boot-disks",
                            [facts](const All<block::BlockDevice>& devices) {
                              return DiagnoseBootDisks(devices, facts);
                            });
  context.runtime.Actuate<runtime::DevicesStatus>(
      "block.await-devices", [mailbox = context.loop.mailbox(),
                              self = discovery->weak()](const All<runtime::DevicesStatus>& status) {
        return AwaitDevices(status, *mailbox, self);
      });
  return discovery;
}

}  // namespace ichor
