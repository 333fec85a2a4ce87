// The lists of the kernel's modules, as they change.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/sysfs.h"
#include "lib/sys/uevents.h"

namespace ichor {

// A source of LoadedKernelModule and KernelModuleStatus: read when udevd has settled, and from then
// on half a second after the kernel says that a module came or went. Loop's thread only; the lists
// are read on a worker.
class ModuleLists {
 public:
  static constexpr std::chrono::milliseconds kDelay{500};  // modules come in crowds

  struct Parts {  // all outlive this; `sysfs`, the process
    Runtime& runtime;
    Loop& loop;
    Executor& executor;
    const base::Clock& clock;
    sys::Sysfs& sysfs;
  };

  explicit ModuleLists(const Parts& parts);
  ModuleLists(const ModuleLists&) = delete;
  ModuleLists& operator=(const ModuleLists&) = delete;

  // To be called after each settle; cheap.
  void OnSettled();
  // An event of any kind.
  void OnUevent(const sys::Uevent& event);

 private:
  static constexpr std::string_view kSource = "kernel.module-lists";

  void ReadIn(std::chrono::milliseconds delay);
  void Read();

  const Parts parts_;
  const std::shared_ptr<ModuleLists*> self_ = std::make_shared<ModuleLists*>(this);
  bool begun_ = false;
  bool scheduled_ = false;
};

}  // namespace ichor
