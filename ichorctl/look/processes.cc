// `ichorctl processes`
#include <algorithm>
#include <format>
#include <vector>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

std::string CommandOf(const machine::ProcessInfo& process) {
  if (!process.args().empty()) {
    return process.args();
  }
  return process.executable().empty() ? process.command() : process.executable();
}

void AddRows(const std::string& node, const machine::Process& reply, bool by_cpu, Table& table) {
  std::vector<machine::ProcessInfo> processes(reply.processes().begin(), reply.processes().end());
  std::ranges::stable_sort(processes, [by_cpu](const auto& left, const auto& right) {
    return by_cpu ? left.cpu_time() > right.cpu_time()
                  : left.resident_memory() > right.resident_memory();
  });
  for (const machine::ProcessInfo& process : processes) {
    table.rows.push_back({node, std::to_string(process.pid()), process.state(),
                          std::to_string(process.threads()),
                          std::format("{:.2f}", process.cpu_time()),
                          Humanized(process.virtual_memory()), Humanized(process.resident_memory()),
                          Visible(process.label()), Visible(CommandOf(process))});
  }
}

}  // namespace

Command ProcessesCommand(const SharedNodeFlags& flags) {
  const auto sort = std::make_shared<std::string>("rss");
  return {.name = "processes",
          .aliases = {"p", "ps"},
          .summary = "Lists processes",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "sort",
                                   .letter = 's',
                                   .value = "COLUMN",
                                   .help = "what is largest comes first",
                                   .target = sort.get(),
                                   .words = {"rss", "cpu"}}}),
          .run = [flags, sort](Session& session, const std::vector<std::string>&) {
            return ShowMessages<machine::ProcessesResponse>(
                session, *flags, MachineMethod("Processes"), google::protobuf::Empty(),
                {.columns = {"NODE", "PID", "STATE", "THREADS", "CPU-TIME", "VIRTMEM", "RESMEM",
                             "LABEL", "COMMAND"}},
                [&](const std::string& node, const machine::Process& reply, Table& table) {
                  AddRows(node, reply, *sort == "cpu", table);
                });
          }};
}

}  // namespace ichor::ctl
