#include <format>
#include <string>
#include <utility>

#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/parse/counters.h"
#include "machined/api/parse/cpu_info.h"
#include "machined/api/parse/memory.h"
#include "machined/api/parse/system_stat.h"
#include "machined/api/parse/text.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

constexpr size_t kMaxBytes = 4 << 20;  // /proc/stat and cpuinfo of a thousand processors

template <class Message>
absl::Status Fill(Message& message, Message parsed) {
  message = std::move(parsed);
  return absl::OkStatus();
}

template <class Message>
absl::Status Fill(Message& message, absl::StatusOr<Message> parsed) {
  ASSIGN_OR_RETURN(message, std::move(parsed));
  return absl::OkStatus();
}

// A method that answers with what `parse` makes of one file.
template <class Reply, class F>
void AddFile(Methods& methods, const std::string& path, const std::string& file, F parse) {
  methods.Blocking<Empty>(
      path, [&files = methods.context().files, file, parse](const Empty&) -> absl::StatusOr<Reply> {
        ASSIGN_OR_RETURN(const std::string text, files.Read(file, kMaxBytes));
        Reply reply;
        RETURN_IF_ERROR(Fill(*reply.add_messages(), parse(text)));
        return reply;
      });
}

machine::Memory MemoryMessage(const std::string& text) {
  machine::Memory memory;
  *memory.mutable_meminfo() = parse::MemoryOf(text);
  return memory;
}

machine::CPUFreqStats FrequencyOf(sys::FileView& files, std::uint32_t cpu) {
  const std::string directory = std::format("/sys/devices/system/cpu/cpu{}/cpufreq/", cpu);
  const auto read = [&](const std::string& name) {
    const std::string text = files.Read(directory + name, 4096).value_or("");
    return std::string(parse::Trim(std::string_view(text).substr(0, text.find('\n'))));
  };
  machine::CPUFreqStats stats;
  stats.set_current_frequency(parse::NumberOrZero(read("scaling_cur_freq")));
  stats.set_minimum_frequency(parse::NumberOrZero(read("scaling_min_freq")));
  stats.set_maximum_frequency(parse::NumberOrZero(read("scaling_max_freq")));
  stats.set_governor(read("scaling_governor"));
  return stats;
}

// One entry per processor that is there; zeros where its frequency is not the kernel's business.
absl::StatusOr<machine::CPUFreqStatsResponse> Frequencies(sys::FileView& files) {
  ASSIGN_OR_RETURN(const std::string present,
                   files.Read("/sys/devices/system/cpu/present", kMaxBytes));
  machine::CPUFreqStatsResponse reply;
  machine::CPUsFreqStats& stats = *reply.add_messages();
  for (const std::uint32_t cpu : parse::CpuListOf(present)) {
    *stats.add_cpu_freq_stats() = FrequencyOf(files, cpu);
  }
  return reply;
}

}  // namespace

void AddSystemMethods(Methods& methods) {
  const std::string service = "/machine.MachineService/";
  AddFile<machine::MemoryResponse>(methods, service + "Memory", "/proc/meminfo", MemoryMessage);
  AddFile<machine::LoadAvgResponse>(methods, service + "LoadAvg", "/proc/loadavg", parse::LoadOf);
  AddFile<machine::SystemStatResponse>(methods, service + "SystemStat", "/proc/stat",
                                       parse::SystemStatOf);
  AddFile<machine::CPUInfoResponse>(methods, service + "CPUInfo", "/proc/cpuinfo", parse::CpusOf);
  AddFile<machine::DiskStatsResponse>(methods, service + "DiskStats", "/proc/diskstats",
                                      parse::DiskStatsOf);
  AddFile<machine::NetworkDeviceStatsResponse>(methods, service + "NetworkDeviceStats",
                                               "/proc/net/dev", parse::NetworkStatsOf);
  methods.Blocking<Empty>(
      service + "CPUFreqStats",
      [&files = methods.context().files](const Empty&) { return Frequencies(files); });
}

}  // namespace ichor::api
