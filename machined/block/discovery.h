// The source of Disk and DiscoveredVolume rows, of the status of discovery, and of diagnostics that
// name disks that cannot be read.
#pragma once

#include <memory>

#include "machined/block/boot_facts.h"
#include "machined/block/context.h"
#include "machined/block/device_table.h"
#include "machined/block/prober.h"
#include "machined/block/symlinks.h"

namespace ichor {

// On the loop's thread.
class Discovery {
 public:
  Discovery(const BlockContext& context, BootFacts facts);
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  void Start();

  // Probes every disk anew, as after a change that the kernel did not tell.
  void Refresh();

  // udevd has seen all devices that were there: discovery is ready once it has probed what is known
  // by now, and stays so.
  void OnDevicesSettled();

  // For those who call from elsewhere through the loop, and may outlive this.
  std::weak_ptr<Discovery*> weak() const { return self_; }

  // Takes the uevents that wait; for tests, whose uevents have no descriptor.
  void TakeEvents() { table_.TakeEvents(); }

 private:
  void OnChanged(const std::string& name);
  void PublishSoon();
  void Publish();
  void PublishDisks();
  void PublishVolumes();
  void PublishDiagnostics();
  void PublishStatus();

  const BlockContext context_;
  const BootFacts facts_;
  const std::shared_ptr<Discovery*> self_ = std::make_shared<Discovery*>(this);
  DeviceTable table_;
  Prober prober_;
  Symlinks symlinks_;
  bool settled_ = false;
  bool ready_ = false;
  bool publish_posted_ = false;
};

}  // namespace ichor
