#include "machined/kernel/module_lists.h"

#include <algorithm>
#include <utility>

#include "machined/kernel/facts.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

ModuleLists::ModuleLists(const Parts& parts) : parts_(parts) {
  parts_.runtime.AddSource<runtime::LoadedKernelModule>(kSource);
  parts_.runtime.AddSource<runtime::KernelModuleStatus>(kSource);
}

void ModuleLists::OnSettled() {
  const auto devices = parts_.runtime.Read<runtime::DevicesStatus>();
  if (!begun_ && std::ranges::any_of(devices, [](const auto& row) { return row.spec().ready(); })) {
    begun_ = true;
    Read();
  }
}

void ModuleLists::OnUevent(const sys::Uevent& event) {
  if (event.subsystem == "module" && event.origin == sys::Uevent::Origin::kKernel && begun_) {
    ReadIn(kDelay);
  }
}

void ModuleLists::ReadIn(std::chrono::milliseconds delay) {
  if (std::exchange(scheduled_, true)) {
    return;
  }
  parts_.loop.RunAt(parts_.clock.Monotonic() + delay, [weak = std::weak_ptr(self_)] {
    if (const auto self = weak.lock()) {
      (*self)->scheduled_ = false;
      (*self)->Read();
    }
  });
}

void ModuleLists::Read() {
  parts_.executor.Run("kernel.read-modules", [&sysfs = parts_.sysfs, weak = std::weak_ptr(self_),
                                              mailbox = parts_.loop.mailbox()] {
    mailbox->Post(
        [weak, loaded = ReadLoadedModules(sysfs), statuses = ReadModuleStatuses(sysfs)]() mutable {
          if (const auto self = weak.lock()) {
            Runtime& runtime = (*self)->parts_.runtime;
            runtime.Publish(kSource, std::move(loaded));
            runtime.Publish(kSource, std::move(statuses));
          }
        });
  });
}

}  // namespace ichor
