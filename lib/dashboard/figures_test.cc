#include "lib/dashboard/figures.h"

#include <chrono>

#include "catch2/catch_approx.hpp"
#include "catch2/catch_test_macros.hpp"

namespace ichor::dashboard {
namespace {

using Catch::Approx;

base::MonotonicTime At(int seconds) {
  return base::MonotonicTime(std::chrono::seconds(seconds));
}

machine::SystemStat Stat(double user, double system, double idle) {
  machine::SystemStat stat;
  stat.set_boot_time(100);
  stat.mutable_cpu_total()->set_user(user);
  stat.mutable_cpu_total()->set_system(system);
  stat.mutable_cpu_total()->set_idle(idle);
  return stat;
}

machine::NetworkDeviceStats Traffic(std::uint64_t received, std::uint64_t sent) {
  machine::NetworkDeviceStats stats;
  machine::NetDev& device = *stats.add_devices();
  device.set_name("eth0");
  device.set_rx_bytes(received);
  device.set_tx_bytes(sent);
  machine::NetDev& loopback = *stats.add_devices();
  loopback.set_name("lo");
  loopback.set_rx_bytes(received * 1000);
  return stats;
}

machine::Process Processes(double busy_seconds) {
  machine::Process reply;
  machine::ProcessInfo& idle = *reply.add_processes();
  idle.set_pid(1);
  idle.set_resident_memory(512);
  idle.set_command("init");
  machine::ProcessInfo& busy = *reply.add_processes();
  busy.set_pid(2);
  busy.set_cpu_time(busy_seconds);
  busy.set_args("busy --very");
  return reply;
}

}  // namespace

TEST_CASE("figures: processors are shares of what they did since the time before") {
  Figures figures;
  figures.Take(Stat(10, 0, 0));
  CHECK(figures.cpu_user.values().empty());
  figures.Take(Stat(11, 1, 2));
  CHECK(figures.cpu_user.last() == Approx(0.25));
  CHECK(figures.cpu_system.last() == Approx(0.25));
  CHECK(figures.boot_time == base::WallTime(std::chrono::seconds(100)));
  figures.Take(Stat(0, 0, 1));  // another boot
  CHECK(figures.cpu_user.values().size() == 1);
}

TEST_CASE("figures: memory in use is what is not available") {
  machine::Memory memory;
  memory.mutable_meminfo()->set_memtotal(2048);
  memory.mutable_meminfo()->set_memavailable(512);
  Figures figures;
  figures.Take(memory);
  CHECK(figures.memory_bytes == 2 << 20);
  CHECK(figures.memory_used.last() == Approx(0.75));
}

TEST_CASE("figures: traffic is a rate, without what the node sends to itself") {
  Figures figures;
  figures.Take(Traffic(1000, 0), At(0));
  figures.Take(Traffic(3000, 500), At(2));
  CHECK(figures.received.last() == Approx(1000));
  CHECK(figures.sent.last() == Approx(250));
  figures.Take(Traffic(0, 0), At(4));  // another boot
  CHECK(figures.received.values().size() == 1);
}

TEST_CASE("figures: disks are counted in sectors, processors and load as they are told") {
  machine::DiskStats stats;
  stats.mutable_total()->set_read_sectors(0);
  Figures figures;
  figures.Take(stats, At(0));
  stats.mutable_total()->set_read_sectors(4);
  stats.mutable_total()->set_write_sectors(2);
  figures.Take(stats, At(1));
  CHECK(figures.read.last() == Approx(2048));
  CHECK(figures.written.last() == Approx(1024));
  machine::CPUsInfo info;
  info.add_cpu_info()->set_cpu_mhz(3000);
  info.add_cpu_info();
  figures.Take(info);
  CHECK(figures.processors == 2);
  CHECK(figures.megahertz == Approx(3000));
  machine::LoadAvg load;
  load.set_load1(1.5);
  figures.Take(load);
  CHECK(figures.load.last() == Approx(1.5));
}

TEST_CASE("figures: the busiest process is the first") {
  Figures figures;
  figures.Take(Processes(10), At(0));
  CHECK(figures.processes.front().pid == 1);  // nobody is known to be busy: the larger one
  figures.Take(Processes(11), At(2));
  REQUIRE(figures.processes.size() == 2);
  CHECK(figures.processes.front().command == "busy --very");
  CHECK(figures.processes.front().cpu == Approx(0.5));
}

TEST_CASE("history: old values go") {
  History history;
  CHECK(history.last() == 0);
  for (size_t i = 0; i <= History::kValues; ++i) {
    history.Add(static_cast<double>(i));
  }
  CHECK(history.values().size() == History::kValues);
  CHECK(history.values().front() == 1);
}

}  // namespace ichor::dashboard
