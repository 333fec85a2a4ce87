#include "qemu-tests/wait.h"

#include <algorithm>

#include "ichor/service.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::qemu {

namespace enums = talos::resource::definitions::enums;

absl::Status WaitForMaintenance(NodeApi& api) {
  RETURN_IF_ERROR(api.WaitFor<runtime::MachineStatus>(
                         "maintenance, ready",
                         [](const auto& rows) {
                           return !rows.empty() &&
                                  rows.front().spec().stage() == enums::MACHINE_STAGE_MAINTENANCE &&
                                  rows.front().spec().status().ready();
                         })
                      .status());
  return api
      .WaitFor<v1alpha1::Service>("well services",
                                  [](const auto& rows) {
                                    return std::ranges::all_of(rows, [](const auto& row) {
                                      return row.spec().running() &&
                                             (row.spec().healthy() || row.spec().unknown());
                                    });
                                  })
      .status();
}

absl::Status WaitForRunning(NodeApi& api) {
  return api
      .WaitFor<runtime::MachineStatus>("a node that runs",
                                       [](const auto& rows) {
                                         return !rows.empty() && rows.front().spec().stage() ==
                                                                     enums::MACHINE_STAGE_RUNNING;
                                       })
      .status();
}

}  // namespace ichor::qemu
