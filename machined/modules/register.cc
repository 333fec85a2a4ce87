#include "machined/modules/register.h"

#include <chrono>
#include <format>
#include <string>
#include <vector>

#include "lib/base/status.h"
#include "machined/modules/policy.h"

namespace ichor {
namespace {

constexpr std::chrono::seconds kLimit{20};

}  // namespace

absl::Status LoadModules(const All<runtime::KernelModuleSpec>& wishes, sys::Programs& programs) {
  absl::Status first;
  for (const auto& wish : wishes) {
    std::vector<std::string> command = {"/usr/sbin/modprobe", "--", wish.spec().name()};
    command.insert(command.end(), wish.spec().parameters().begin(), wish.spec().parameters().end());
    if (const absl::Status loaded = programs.Run(command, kLimit); !loaded.ok()) {
      first.Update(absl::Status(loaded.code(), std::format("module {}: {}", wish.spec().name(),
                                                           base::MessageOf(loaded))));
    }
  }
  return first;
}

void RegisterModules(Runtime& runtime, sys::Programs& programs) {
  runtime.Reconcile("modules.want", WantModules);
  runtime.Actuate<runtime::KernelModuleSpec>(
      "modules.load", [&programs](const All<runtime::KernelModuleSpec>& wishes) {
        return LoadModules(wishes, programs);
      });
}

}  // namespace ichor
