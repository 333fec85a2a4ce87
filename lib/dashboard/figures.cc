#include "lib/dashboard/figures.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ichor::dashboard {
namespace {

constexpr double kSectorBytes = 512;
constexpr std::uint64_t kKibi = 1024;

double UserTime(const machine::CPUStat& stat) {
  return stat.user() + stat.nice();
}

double SystemTime(const machine::CPUStat& stat) {
  return stat.system() + stat.irq() + stat.soft_irq() + stat.steal();
}

double WholeTime(const machine::CPUStat& stat) {
  return UserTime(stat) + SystemTime(stat) + stat.idle() + stat.iowait();
}

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string CommandOf(const machine::ProcessInfo& process) {
  if (!process.args().empty()) {
    return process.args();
  }
  return process.executable().empty() ? process.command() : process.executable();
}

}  // namespace

void History::Add(double value) {
  values_.push_back(value);
  if (values_.size() > kValues) {
    values_.pop_front();
  }
}

void Figures::Take(const machine::SystemStat& stat) {
  boot_time = base::WallTime(std::chrono::seconds(stat.boot_time()));
  const machine::CPUStat& now = stat.cpu_total();
  if (cpu_before_) {
    const double whole = WholeTime(now) - WholeTime(*cpu_before_);
    const double user = UserTime(now) - UserTime(*cpu_before_);
    const double system = SystemTime(now) - SystemTime(*cpu_before_);
    if (whole > 0 && user >= 0 && system >= 0) {
      cpu_user.Add(std::min(user / whole, 1.0));
      cpu_system.Add(std::min(system / whole, 1.0));
    }
  }
  cpu_before_ = now;
}

void Figures::Take(const machine::Memory& memory) {
  const machine::MemInfo& info = memory.meminfo();
  memory_bytes = info.memtotal() * kKibi;
  memory_used_bytes = memory_bytes - std::min(info.memavailable() * kKibi, memory_bytes);
  memory_used.Add(memory_bytes == 0
                      ? 0
                      : static_cast<double>(memory_used_bytes) / static_cast<double>(memory_bytes));
}

void Figures::Take(const machine::LoadAvg& load_average) {
  load.Add(load_average.load1());
}

void Figures::Take(const machine::CPUsInfo& info) {
  processors = static_cast<size_t>(info.cpu_info_size());
  megahertz = processors == 0 ? 0 : info.cpu_info(0).cpu_mhz();
}

void Figures::AddRates(std::optional<Counters>& before, const Counters& now, History& first,
                       History& second) {
  if (before && now.time > before->time && now.first >= before->first &&
      now.second >= before->second) {
    const double seconds = Seconds(now.time - before->time);
    first.Add((now.first - before->first) / seconds);
    second.Add((now.second - before->second) / seconds);
  }
  before = now;
}

void Figures::Take(const machine::NetworkDeviceStats& stats, base::MonotonicTime now) {
  Counters counters{.time = now};
  for (const machine::NetDev& device : stats.devices()) {
    if (device.name() != "lo") {
      counters.first += static_cast<double>(device.rx_bytes());
      counters.second += static_cast<double>(device.tx_bytes());
    }
  }
  AddRates(network_before_, counters, received, sent);
}

void Figures::Take(const machine::DiskStats& stats, base::MonotonicTime now) {
  const Counters counters{
      .time = now,
      .first = kSectorBytes * static_cast<double>(stats.total().read_sectors()),
      .second = kSectorBytes * static_cast<double>(stats.total().write_sectors())};
  AddRates(disk_before_, counters, read, written);
}

void Figures::Take(const machine::Process& reply, base::MonotonicTime now) {
  const double seconds = processes_time_ ? Seconds(now - *processes_time_) : 0;
  processes_time_ = now;
  std::map<std::int32_t, double> cpu_seconds;
  processes.clear();
  processes.reserve(static_cast<size_t>(reply.processes_size()));
  for (const machine::ProcessInfo& process : reply.processes()) {
    const auto before = cpu_seconds_before_.find(process.pid());
    const double grown =
        before == cpu_seconds_before_.end() ? 0 : process.cpu_time() - before->second;
    cpu_seconds[process.pid()] = process.cpu_time();
    processes.push_back({.pid = process.pid(),
                         .state = process.state(),
                         .cpu = seconds > 0 ? std::max(grown, 0.0) / seconds : 0,
                         .memory = memory_bytes == 0
                                       ? 0
                                       : static_cast<double>(process.resident_memory()) /
                                             static_cast<double>(memory_bytes),
                         .virtual_bytes = process.virtual_memory(),
                         .resident_bytes = process.resident_memory(),
                         .cpu_seconds = process.cpu_time(),
                         .threads = process.threads(),
                         .command = CommandOf(process)});
  }
  cpu_seconds_before_ = std::move(cpu_seconds);
  std::ranges::sort(processes, [](const ProcessRow& left, const ProcessRow& right) {
    return left.cpu != right.cpu ? left.cpu > right.cpu
           : left.resident_bytes != right.resident_bytes
               ? left.resident_bytes > right.resident_bytes
               : left.pid < right.pid;
  });
}

}  // namespace ichor::dashboard
