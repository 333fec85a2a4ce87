#include "machined/slots/policy.h"

#include <array>
#include <format>
#include <string_view>
#include <utility>

#include "machined/services/problem.h"

namespace ichor {
namespace {

using v1alpha1::Service;
namespace enums = talos::resource::definitions::enums;

constexpr std::array<std::string_view, 4> kNeeded = {"apid", "machined", "networkd", "udevd"};

bool IsUp(const All<runtime::MachineStatus>& machine) {
  if (machine.empty()) {
    return false;
  }
  const auto stage = machine.front().spec().stage();
  return stage == enums::MACHINE_STAGE_MAINTENANCE || stage == enums::MACHINE_STAGE_RUNNING;
}

}  // namespace

absl::StatusOr<Desired<boot::SlotHealth>> JudgeSlot(const All<boot::BootSlot>& slots,
                                                    const All<runtime::MachineStatus>& machine,
                                                    const All<Service>& services,
                                                    const All<network::NetworkStatus>& network) {
  boot::SlotHealth::Spec health;
  if (!IsUp(machine)) {
    health.add_problems("the machine is neither in maintenance nor running");
  }
  for (const std::string_view id : kNeeded) {
    const auto found = services.find(id);
    const std::string_view problem =
        found == services.end() ? "not running" : ProblemOf(found->spec());
    if (!problem.empty()) {
      health.add_problems(std::format("{} is {}", id, problem));
    }
  }
  if (network.empty() || !network.front().spec().address_ready()) {
    health.add_problems("there is no address");
  }
  health.set_healthy(health.problems().empty());
  Desired<boot::SlotHealth> rows;
  for (const auto& slot : slots) {
    if (slot.spec().on_trial()) {
      rows.Add(slot.id(), health);
    }
  }
  return rows;
}

}  // namespace ichor
