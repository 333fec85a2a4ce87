// What every part of this area is given.
#pragma once

#include <functional>

#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/sysfs.h"
#include "lib/sys/uevents.h"

namespace ichor {

// All must outlive the area; the doors to sysfs and disks, the process: a worker may hang in them.
struct BlockContext {
  Runtime& runtime;
  Loop& loop;
  Executor& executor;
  const base::Clock& clock;
  sys::Sysfs& sysfs;
  sys::Uevents& uevents;
  sys::BlockDevices& devices;
  // Told of the events that are not about block devices; may be empty.
  std::function<void(const sys::Uevent&)> on_other_event{};
};

}  // namespace ichor
