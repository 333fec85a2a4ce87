// `ichorctl containers` and `ichorctl stats`
#include <algorithm>
#include <format>
#include <vector>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "ichorctl/look/runtime.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

// A container stands under its pod.
template <class Item>
std::string ShownId(const Item& item) {
  return (item.id() == item.pod_id() || item.pod_id().empty() ? "" : "└─ ") + Visible(item.id());
}

template <class Items>
auto SortedById(const Items& items) {
  std::vector<typename Items::value_type> sorted(items.begin(), items.end());
  std::ranges::sort(sorted, {}, [](const auto& item) { return item.id(); });
  return sorted;
}

void AddContainers(const std::string& node, const machine::Container& reply, Table& table) {
  for (const machine::ContainerInfo& container : SortedById(reply.containers())) {
    table.rows.push_back(
        {node, container.namespace_(), ShownId(container), Visible(container.image()),
         container.pid() == 0 ? "-" : std::to_string(container.pid()), container.status()});
  }
}

void AddStats(const std::string& node, const machine::Stats& reply, Table& table) {
  for (const machine::Stat& stat : SortedById(reply.stats())) {
    table.rows.push_back({node, stat.namespace_(), ShownId(stat),
                          std::format("{:.2f}", static_cast<double>(stat.memory_usage()) * 1e-6),
                          std::to_string(stat.cpu_usage())});
  }
}

}  // namespace

Command ContainersCommand(const SharedNodeFlags& flags) {
  const auto kubernetes = std::make_shared<bool>(false);
  return {.name = "containers",
          .aliases = {"c"},
          .summary = "Lists containers",
          .flags = WithNodeFlags(flags, Maintenance::kNo, {KubernetesFlag(kubernetes.get())}),
          .run = [flags, kubernetes](Session& session, const std::vector<std::string>&) {
            return ShowMessages<machine::ContainersResponse>(
                session, *flags, MachineMethod("Containers"),
                OfRuntime<machine::ContainersRequest>(*kubernetes),
                {.columns = {"NODE", "NAMESPACE", "ID", "IMAGE", "PID", "STATUS"}}, AddContainers);
          }};
}

Command StatsCommand(const SharedNodeFlags& flags) {
  const auto kubernetes = std::make_shared<bool>(false);
  return {.name = "stats",
          .summary = "Shows what containers use",
          .flags = WithNodeFlags(flags, Maintenance::kNo, {KubernetesFlag(kubernetes.get())}),
          .run = [flags, kubernetes](Session& session, const std::vector<std::string>&) {
            return ShowMessages<machine::StatsResponse>(
                session, *flags, MachineMethod("Stats"),
                OfRuntime<machine::StatsRequest>(*kubernetes),
                {.columns = {"NODE", "NAMESPACE", "ID", "MEMORY(MB)", "CPU"}}, AddStats);
          }};
}

}  // namespace ichor::ctl
