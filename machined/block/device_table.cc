#include "machined/block/device_table.h"

#include <sys/epoll.h>

#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "block.devices";
constexpr std::string_view kClass = "/sys/class/block";

// What a mapped disk is made of; other disks have no such directory.
void AddSecondaries(sys::Sysfs& sysfs, const std::string& name, block::BlockDevice::Spec& device) {
  const absl::StatusOr<std::vector<std::string>> slaves =
      sysfs.List(std::string(kClass) + "/" + name + "/slaves");
  if (slaves.ok()) {
    device.mutable_secondaries()->Add(slaves->begin(), slaves->end());
  }
}

// Every block device that sysfs knows. Blocks.
DeviceRows ScanDevices(sys::Sysfs& sysfs) {
  DeviceRows rows;
  const auto names = sysfs.List(std::string(kClass));
  for (const std::string& name : names.value_or(std::vector<std::string>())) {
    const std::string directory = std::string(kClass) + "/" + name;
    const absl::StatusOr<std::string> devpath = sysfs.Resolve(directory);
    if (!devpath.ok()) {
      continue;  // it went meanwhile
    }
    const std::string text = sys::ReadAttribute(sysfs, directory + "/uevent");
    // Uevents name devices by their paths below /sys, so the table does.
    block::BlockDevice::Spec device =
        DeviceOf(std::string_view(*devpath).substr(std::string_view("/sys").size()),
                 sys::ParseProperties(text, '\n'));
    AddSecondaries(sysfs, name, device);
    rows.emplace(name, std::move(device));
  }
  return rows;
}

}  // namespace

DeviceTable::DeviceTable(const BlockContext& context, Listener listener)
    : context_(context), listener_(std::move(listener)) {
  context_.runtime.AddSource<block::BlockDevice>(kSource);
}

DeviceTable::~DeviceTable() {
  if (const int fd = context_.uevents.Descriptor(); fd >= 0) {
    context_.loop.poller().Remove(fd);
  }
}

void DeviceTable::Start() {
  if (const int fd = context_.uevents.Descriptor(); fd >= 0) {
    const absl::Status added =
        context_.loop.poller().Add(fd, EPOLLIN, [this](std::uint32_t) { TakeEvents(); });
    if (!added.ok()) {
      base::Log(base::Severity::kError, "block: uevents: {}", base::MessageOf(added));
    }
  }
  Scan();
}

void DeviceTable::Scan() {
  if (scanning_) {
    scan_again_ = true;
    return;
  }
  scanning_ = true;
  context_.executor.Run("block.scan", [&sysfs = context_.sysfs, mailbox = context_.loop.mailbox(),
                                       self = std::weak_ptr<DeviceTable*>(self_)] {
    mailbox->Post([self, found = ScanDevices(sysfs)]() mutable {
      if (const auto table = self.lock()) {
        (*table)->OnScanned(std::move(found));
      }
    });
  });
}

void DeviceTable::OnScanned(DeviceRows found) {
  scanning_ = false;
  scanned_ = true;
  std::vector<std::string> gone;
  for (const auto& [name, device] : devices_) {
    if (!found.contains(name)) {
      gone.push_back(name);
    }
  }
  for (const std::string& name : gone) {
    Remove(name);
  }
  for (auto& [name, device] : found) {
    Put(name, std::move(device));
  }
  for (const sys::Uevent& event : std::exchange(during_scan_, {})) {
    Handle(event);
  }
  Publish();
  listener_.on_scanned();
  if (std::exchange(scan_again_, false)) {
    Scan();
  }
}

void DeviceTable::TakeEvents() {
  absl::StatusOr<std::vector<sys::Uevent>> events = context_.uevents.Drain();
  if (!events.ok()) {
    base::Log(base::Severity::kWarning, "block: {}; looking at all devices anew",
              base::MessageOf(events.status()));
    Scan();
    return;
  }
  bool changed = false;
  bool rules_applied = false;
  for (sys::Uevent& event : *events) {
    if (event.subsystem != "block") {
      if (context_.on_other_event) {
        context_.on_other_event(event);
      }
      continue;
    }
    if (event.origin == sys::Uevent::Origin::kUdev) {
      rules_applied = true;
    } else if (scanning_) {
      during_scan_.push_back(std::move(event));  // the scan may have missed it or seen it
    } else {
      Handle(event);
      changed = true;
    }
  }
  if (changed) {
    Publish();
  }
  if (rules_applied) {
    listener_.on_rules_applied();
  }
}

void DeviceTable::Handle(const sys::Uevent& event) {
  const std::string name(BaseName(event.devpath));
  if (event.action == "remove") {
    Remove(name);
  } else if (event.action == "add" || event.action == "change") {
    block::BlockDevice::Spec device = DeviceOf(event.devpath, event.properties);
    AddSecondaries(context_.sysfs, name, device);
    Put(name, std::move(device));
  } else if (event.action == "move") {
    Scan();  // renamed: rare enough to look at everything
  }
}

void DeviceTable::Put(const std::string& name, block::BlockDevice::Spec device) {
  device.set_generation(++generations_[name]);
  const std::string disk = device.parent().empty() ? name : device.parent();
  devices_.insert_or_assign(name, std::move(device));
  listener_.on_changed(disk);
}

void DeviceTable::Remove(const std::string& name) {
  const auto found = devices_.find(name);
  if (found == devices_.end()) {
    return;
  }
  const std::string parent = found->second.parent();
  devices_.erase(found);
  if (parent.empty()) {
    listener_.on_removed(name);
  } else if (devices_.contains(parent)) {
    listener_.on_changed(parent);
  }
}

void DeviceTable::Publish() {
  Desired<block::BlockDevice> rows;
  for (const auto& [name, device] : devices_) {
    rows.Add(name, device);
  }
  context_.runtime.Publish<block::BlockDevice>(kSource, std::move(rows));
}

}  // namespace ichor
