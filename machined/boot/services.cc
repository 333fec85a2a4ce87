#include "machined/boot/services.h"

#include <cstdint>
#include <format>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/early/command_line.h"
#include "machined/environment/policy.h"

namespace ichor {
namespace {

using services::ServiceDefinition;
using Definition = ServiceDefinition::Spec;

constexpr std::uint32_t kApidUser = 50;
constexpr std::uint32_t kNetworkdUser = 52;
constexpr std::uint32_t kDashboardUser = 53;
constexpr std::uint32_t kApidPort = 50000;
constexpr std::int32_t kAlmostNeverKilled = -998;  // oom_score_adj(5) goes from -1000 to 1000
constexpr const char* kDevicesSettled = "devices-settled";
constexpr std::int32_t kKilledEarly = -400;
constexpr std::int32_t kNice = 10;

// A truth value of the kernel's command line.
bool IsOn(std::string_view value) {
  return value == "1" || value == "true";
}

Definition Program(std::initializer_list<const char*> arguments, const std::string& cgroup) {
  Definition definition;
  for (const char* const argument : arguments) {
    definition.mutable_process()->add_arguments(argument);
  }
  definition.mutable_process()->add_environment("PATH=/usr/sbin:/usr/bin");
  definition.mutable_process()->set_cgroup(cgroup);
  return definition;
}

Definition As(Definition definition, std::uint32_t user) {
  definition.mutable_process()->set_uid(user);
  definition.mutable_process()->set_gid(user);
  definition.mutable_process()->set_oom_score_adj(kAlmostNeverKilled);
  return definition;
}

Definition Machined() {
  Definition machined;
  machined.mutable_process()->add_arguments("/usr/bin/machined");
  machined.mutable_health()->set_unix_socket("/system/run/machined/machine.sock");
  return machined;
}

Definition Networkd() {
  Definition networkd = As(Program({"/usr/bin/networkd"}, "system/networkd"), kNetworkdUser);
  for (const char* const name :
       {"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_NET_BIND_SERVICE", "CAP_SYS_TIME"}) {
    networkd.mutable_process()->add_capabilities(name);
  }
  return networkd;
}

Definition Apid() {
  Definition apid = As(Program({"/usr/bin/apid"}, "system/apid"), kApidUser);
  apid.mutable_health()->set_local_port(kApidPort);
  return apid;
}

Definition Udevd() {
  Definition udevd =
      Program({"/usr/lib/systemd/systemd-udevd", "--resolve-names=never"}, "system/udevd");
  udevd.mutable_process()->set_all_capabilities(true);
  udevd.mutable_health()->set_unix_socket("/run/udev/control");
  return udevd;
}

// With the variables that the config gives; while they are not known, provisionally without.
Definition In(Definition definition, const All<runtime::Environment>& environments, bool proxies) {
  definition.set_provisional(environments.empty());
  for (const auto& row : environments) {
    for (const std::string& variable : row.spec().variables()) {
      if (proxies || !IsProxyVariable(variable)) {
        definition.mutable_process()->add_environment(variable);
      }
    }
  }
  return definition;
}

// The screen that is shown: the kernel's log is on tty1. In apid's group, whose socket it reads.
Definition Dashboard(std::optional<std::string_view> console) {
  Definition dashboard = Program({"/usr/bin/dashboard"}, "system/dashboard");
  dashboard.mutable_process()->set_uid(kDashboardUser);
  dashboard.mutable_process()->set_gid(kApidUser);
  dashboard.mutable_process()->set_oom_score_adj(kKilledEarly);
  dashboard.mutable_process()->set_nice(kNice);
  dashboard.mutable_process()->set_terminal(std::format("/dev/{}", console.value_or("tty2")));
  return dashboard;
}

// Loads the drivers of network cards, so that udevd, which starts beside it, need not.
Definition NetworkDrivers() {
  Definition drivers = Program({"/usr/bin/coldplug", "drivers"}, "system/coldplug");
  drivers.mutable_process()->set_all_capabilities(true);
  drivers.set_once(true);
  drivers.set_internal(true);
  return drivers;
}

// Announces to udevd, once, every device that was there before it.
Definition ColdPlug() {
  Definition trigger = Program({"/usr/bin/coldplug"}, "system/coldplug");
  trigger.mutable_process()->set_all_capabilities(true);
  trigger.add_depends_on("udevd");
  trigger.set_once(true);
  trigger.set_internal(true);
  return trigger;
}

// Ends when udevd has worked off what the cold plug announced.
Definition DevicesSettled() {
  Definition settle = Program({"/usr/bin/udevadm", "settle", "--timeout=50"}, "system/coldplug");
  settle.mutable_process()->set_all_capabilities(true);
  settle.add_depends_on("coldplug");
  settle.set_once(true);
  settle.set_internal(true);
  return settle;
}

}  // namespace

absl::StatusOr<Desired<ServiceDefinition>> DefineServices(
    const All<boot::PowerRequest>& power, const All<runtime::KernelCmdline>& command_lines,
    const All<runtime::Environment>& environments) {
  Desired<ServiceDefinition> definitions{{"machined", Machined()}};
  if (power.empty()) {
    definitions.Add("networkd", In(Networkd(), environments, true));
    definitions.Add("apid", In(Apid(), environments, false));
    definitions.Add("udevd", Udevd());
    const std::string_view line = command_lines.empty()
                                      ? std::string_view()
                                      : std::string_view(command_lines.front().spec().cmdline());
    if (!IsOn(early::FindValue(line, "talos.dashboard.disabled").value_or(""))) {
      definitions.Add("dashboard", In(Dashboard(early::FindValue(line, "talos.dashboard.console")),
                                      environments, true));
    }
    definitions.Add("network-drivers", NetworkDrivers());
    definitions.Add("coldplug", ColdPlug());
    definitions.Add(kDevicesSettled, DevicesSettled());
  }
  return definitions;
}

absl::StatusOr<Desired<runtime::DevicesStatus>> DecideDevicesStatus(
    const All<services::ProcessStatus>& processes) {
  const auto settled = processes.find(kDevicesSettled);
  const bool ended = settled != processes.end() && settled->spec().pid() == 0;
  runtime::DevicesStatus::Spec status;
  status.set_ready(ended);  // even if it failed: a device that hangs must not stop the machine
  return Desired<runtime::DevicesStatus>{{"devices", std::move(status)}};
}

}  // namespace ichor
