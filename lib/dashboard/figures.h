// Figures of a node's kernel, now and over some minutes. Pure: counters in, rates out.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "machine/machine.pb.h"

namespace ichor::dashboard {

// A value over time, oldest first.
class History {
 public:
  static constexpr size_t kValues = 200;

  void Add(double value);
  const std::deque<double>& values() const { return values_; }
  // The last one; 0 if there is none.
  double last() const { return values_.empty() ? 0 : values_.back(); }

 private:
  std::deque<double> values_;
};

struct ProcessRow {
  std::int32_t pid = 0;
  std::string state;
  double cpu = 0;     // share of one processor since the figures before; 1 is all of it
  double memory = 0;  // share of the machine's
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::int32_t threads = 0;
  std::string command;
};

class Figures {
 public:
  // Each takes a reply of the machine API. Rates need two of them: before that they are 0. A
  // counter that fell, as after a restart, makes no rate.
  void Take(const machine::SystemStat& stat);
  void Take(const machine::Memory& memory);
  void Take(const machine::LoadAvg& load);
  void Take(const machine::CPUsInfo& info);
  void Take(const machine::NetworkDeviceStats& stats, base::MonotonicTime now);
  void Take(const machine::DiskStats& stats, base::MonotonicTime now);
  void Take(const machine::Process& reply, base::MonotonicTime now);

  // Nothing before the first reply.
  std::optional<base::WallTime> boot_time;
  size_t processors = 0;
  double megahertz = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_used_bytes = 0;

  History cpu_user;  // shares of all processors, 0 to 1
  History cpu_system;
  History memory_used;  // share, 0 to 1
  History load;         // of the last minute
  History received;     // bytes per second; not what the node sends to itself
  History sent;
  History read;
  History written;
  std::vector<ProcessRow> processes;  // who took most of the processors comes first

 private:
  struct Counters {
    base::MonotonicTime time;
    double first = 0;
    double second = 0;
  };

  // Adds what both counters grew by in a second.
  static void AddRates(std::optional<Counters>& before, const Counters& now, History& first,
                       History& second);

  std::optional<machine::CPUStat> cpu_before_;
  std::optional<Counters> network_before_;
  std::optional<Counters> disk_before_;
  std::optional<base::MonotonicTime> processes_time_;
  std::map<std::int32_t, double> cpu_seconds_before_;  // by process
};

}  // namespace ichor::dashboard
