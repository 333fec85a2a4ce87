// The source of BlockDevice rows: sysfs at the beginning, then uevents.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/sys/uevents.h"
#include "machined/block/context.h"
#include "machined/block/device_rows.h"

namespace ichor {

// On the loop's thread.
class DeviceTable {
 public:
  struct Listener {
    // The disk called `name`, or one of its partitions, came or changed.
    std::function<void(const std::string& name)> on_changed;
    std::function<void(const std::string& name)> on_removed;
    // After the first look at sysfs, and each later one.
    std::function<void()> on_scanned;
    // udevd is done with a block device: its links may have changed.
    std::function<void()> on_rules_applied;
  };

  DeviceTable(const BlockContext& context, Listener listener);
  ~DeviceTable();
  DeviceTable(const DeviceTable&) = delete;
  DeviceTable& operator=(const DeviceTable&) = delete;

  // Begins to listen, then looks at all of sysfs on a worker.
  void Start();

  // Takes the events that wait. Called by the loop's poller, and by tests.
  void TakeEvents();

  const DeviceRows& devices() const { return devices_; }
  bool scanned() const { return scanned_; }

 private:
  void Scan();
  void OnScanned(DeviceRows found);
  void Handle(const sys::Uevent& event);
  void Put(const std::string& name, block::BlockDevice::Spec device);
  void Remove(const std::string& name);
  void Publish();

  const BlockContext context_;
  const Listener listener_;
  // Answers of workers hold it weakly.
  const std::shared_ptr<DeviceTable*> self_ = std::make_shared<DeviceTable*>(this);
  DeviceRows devices_;
  std::map<std::string, std::int64_t> generations_;  // also of devices that went
  std::vector<sys::Uevent> during_scan_;
  bool scanning_ = false;
  bool scan_again_ = false;
  bool scanned_ = false;
};

}  // namespace ichor
