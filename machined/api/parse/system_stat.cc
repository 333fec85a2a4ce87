#include "machined/api/parse/system_stat.h"

#include <cstddef>
#include <span>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

void SetTimes(machine::CPUStat& cpu, std::span<const std::string_view> ticks) {
  const google::protobuf::Descriptor& type = *cpu.GetDescriptor();
  for (size_t i = 0; i < ticks.size() && i < static_cast<size_t>(type.field_count()); ++i) {
    cpu.GetReflection()->SetDouble(&cpu, type.FindFieldByNumber(static_cast<int>(i) + 1),
                                   static_cast<double>(NumberOrZero(ticks[i])) / kTicksPerSecond);
  }
}

void SetInterrupts(machine::SystemStat& stat, std::span<const std::string_view> counts) {
  if (counts.empty()) {
    return;
  }
  stat.set_irq_total(NumberOrZero(counts[0]));
  for (const std::string_view count : counts.subspan(1)) {
    stat.add_irq(NumberOrZero(count));
  }
}

void SetSoftInterrupts(machine::SystemStat& stat, std::span<const std::string_view> counts) {
  if (counts.empty()) {
    return;
  }
  stat.set_soft_irq_total(NumberOrZero(counts[0]));
  SetNumbers(*stat.mutable_soft_irq(), machine::SoftIRQStat::kHiFieldNumber, counts.subspan(1));
}

}  // namespace

machine::SystemStat SystemStatOf(std::string_view text) {
  machine::SystemStat stat;
  stat.mutable_cpu_total();
  stat.mutable_soft_irq();
  for (const std::string_view line : Lines(text)) {
    const std::vector<std::string_view> fields = Fields(line);
    if (fields.size() < 2) {
      continue;
    }
    const std::string_view key = fields[0];
    const std::span<const std::string_view> values = std::span(fields).subspan(1);
    if (key == "cpu") {
      SetTimes(*stat.mutable_cpu_total(), values);
    } else if (key.starts_with("cpu")) {
      SetTimes(*stat.add_cpu(), values);
    } else if (key == "intr") {
      SetInterrupts(stat, values);
    } else if (key == "softirq") {
      SetSoftInterrupts(stat, values);
    } else if (key == "ctxt") {
      stat.set_context_switches(NumberOrZero(values[0]));
    } else if (key == "btime") {
      stat.set_boot_time(NumberOrZero(values[0]));
    } else if (key == "processes") {
      stat.set_process_created(NumberOrZero(values[0]));
    } else if (key == "procs_running") {
      stat.set_process_running(NumberOrZero(values[0]));
    } else if (key == "procs_blocked") {
      stat.set_process_blocked(NumberOrZero(values[0]));
    }
  }
  return stat;
}

}  // namespace ichor::api::parse
