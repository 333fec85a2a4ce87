#include "qemu-tests/kills.h"

#include <algorithm>
#include <format>
#include <random>

#include "ichor/service.resources.h"
#include "lib/base/status.h"
#include "qemu-tests/wait.h"

namespace ichor::qemu {

using services::ProcessStatus;

std::vector<Victim> DealVictims(int count, std::uint32_t seed) {
  std::vector<Victim> order;
  order.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    order.push_back(kVictims[static_cast<std::size_t>(i) % kVictims.size()]);
  }
  std::ranges::shuffle(order, std::mt19937(seed));
  return order;
}

int MachinedKills::LeftToLimit(base::MonotonicTime now) const {
  constexpr std::chrono::seconds kWindow{61};
  const auto recent =
      std::ranges::count_if(times_, [&](auto time) { return now - time < kWindow; });
  return kLimit - static_cast<int>(recent);
}

absl::Status Kill(Machine& machine, const Victim& victim) {
  const auto pid_of = [&](const auto& rows) {
    const auto row = rows.find(victim.service);
    return row == rows.end() ? 0 : row->spec().pid();
  };
  ASSIGN_OR_RETURN(const auto before, machine.api().List<ProcessStatus>());
  RETURN_IF_ERROR(machine.injector().Tell(std::format("kill {} 1", victim.process),
                                          std::format("killed {}", pid_of(before))));
  return machine.api()
      .WaitFor<ProcessStatus>(
          "another " + victim.service,
          [&](const auto& rows) { return pid_of(rows) != 0 && pid_of(rows) != pid_of(before); })
      .status();
}

absl::Status KillAndWait(Machine& machine, const Victim& victim) {
  RETURN_IF_ERROR(Kill(machine, victim));
  return WaitForMaintenance(machine.api());
}

absl::Status OneOfEach(const std::vector<GuestProcess>& processes) {
  for (const GuestProcess& process : processes) {
    if (process.state == 'Z' && process.parent == 1) {
      return absl::InternalError(
          std::format("{} ({}) is dead and not reaped", process.name, process.pid));
    }
  }
  for (const Victim& victim : kVictims) {
    const auto count = std::ranges::count_if(processes, [&](const GuestProcess& process) {
      return process.parent == 1 && process.name == victim.process;
    });
    if (count != 1) {
      return absl::InternalError(std::format("{} runs {} times", victim.process, count));
    }
  }
  return absl::OkStatus();
}

}  // namespace ichor::qemu
