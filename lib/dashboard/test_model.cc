#include "lib/dashboard/test_model.h"

#include <chrono>
#include <string>
#include <utility>

#include "lib/resource/address_text.h"

namespace ichor::dashboard {
namespace {

void AddNetwork(Model& model) {
  model.hostnames["hostname"].set_hostname("n1");
  model.hostnames["hostname"].set_domainname("home");
  auto& addresses = model.addresses["current"];
  *addresses.add_addresses() = ParseNetIPPrefix("10.0.2.15/24").value_or(common::NetIPPrefix());
  auto& route = model.routes["default"];
  *route.mutable_gateway() = ParseNetIP("10.0.2.2").value_or(common::NetIP());
  auto& local = model.routes["local"];
  *local.mutable_destination() = ParseNetIPPrefix("10.0.2.0/24").value_or(common::NetIPPrefix());
  *model.resolvers["resolvers"].add_dns_servers() =
      ParseNetIP("10.0.2.3").value_or(common::NetIP());
  model.time_servers["timeservers"].add_ntp_servers("time.example.org");
  model.network["status"].set_connectivity_ready(true);
}

void AddFigures(Model& model) {
  machine::SystemStat stat;
  stat.set_boot_time(3600);
  model.figures.Take(stat);
  stat.mutable_cpu_total()->set_user(1);
  stat.mutable_cpu_total()->set_idle(3);
  model.figures.Take(stat);
  machine::Memory memory;
  memory.mutable_meminfo()->set_memtotal(2 << 20);
  memory.mutable_meminfo()->set_memavailable(1 << 20);
  model.figures.Take(memory);
  machine::CPUsInfo info;
  info.add_cpu_info()->set_cpu_mhz(2500);
  model.figures.Take(info);
  machine::Process processes;
  machine::ProcessInfo& process = *processes.add_processes();
  process.set_pid(7);
  process.set_state("S");
  process.set_threads(3);
  process.set_resident_memory(10 << 20);
  process.set_args("/usr/bin/apid --flag");
  model.figures.Take(processes, base::MonotonicTime(std::chrono::seconds(1)));
}

}  // namespace

Model BusyNode() {
  using talos::resource::definitions::enums::MACHINE_STAGE_RUNNING;
  Model model;
  model.name = "10.0.2.15";
  auto& status = model.status["machine"];
  status.set_stage(MACHINE_STAGE_RUNNING);
  auto& condition = *status.mutable_status()->add_unmet_conditions();
  condition.set_name("time");
  condition.set_reason("time is not synced");
  model.versions["version"].set_name("Ichor");
  model.versions["version"].set_version("v1.14.0-ichor.0.1.0");
  model.security["securitystate"].set_secure_boot(true);
  model.types["machine-type"].set_machine_type(resource::config::CONTROL_PLANE);
  model.systems["systeminformation"].set_uuid("1-2-3");
  model.clusters["current"].set_cluster_name("home");
  model.members["n1"] = {};
  model.diagnostics["d"].set_message("a disk\nis slow");
  model.services["apid"].set_running(true);
  model.services["apid"].set_healthy(true);
  model.services["kubelet"].set_running(true);
  AddNetwork(model);
  AddFigures(model);
  model.logs["dmesg"].Add("first line\nlast\x1b line\n");
  model.logs["apid"].Add("apid says something\n");
  return model;
}

}  // namespace ichor::dashboard
