#include "machined/boot/services.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace ichor {
namespace {

using services::ServiceDefinition;
using Definition = ServiceDefinition::Spec;

constexpr std::uint32_t kApidUser = 50;
constexpr std::uint32_t kNetworkdUser = 52;
constexpr std::uint32_t kApidPort = 50000;
constexpr std::int32_t kAlmostNeverKilled = -998;  // oom_score_adj(5) goes from -1000 to 1000

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

// Announces to udevd, once, every device that was there before it.
Definition ColdPlug() {
  Definition trigger = Program({"/usr/bin/udevadm", "trigger", "--type=all", "--action=add",
                                "--prioritized-subsystem=module,block,net"},
                               "system/coldplug");
  trigger.mutable_process()->set_all_capabilities(true);
  trigger.add_depends_on("udevd");
  trigger.set_once(true);
  trigger.set_internal(true);
  return trigger;
}

}  // namespace

absl::StatusOr<Desired<ServiceDefinition>> DefineServices(const All<boot::PowerRequest>& power) {
  Desired<ServiceDefinition> definitions{{"machined", Machined()}};
  if (power.empty()) {
    definitions.Add("networkd", Networkd());
    definitions.Add("apid", Apid());
    definitions.Add("udevd", Udevd());
    definitions.Add("coldplug", ColdPlug());
  }
  return definitions;
}

}  // namespace ichor
