// `ichorctl mounts`
#include <format>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

void AddRows(const std::string& node, const machine::Mounts& mounts, Table& table) {
  const auto gigabytes = [](std::uint64_t bytes) {
    return std::format("{:.2f}", static_cast<double>(bytes) * 1e-9);
  };
  for (const machine::MountStat& mount : mounts.stats()) {
    if (mount.size() == 0) {
      continue;
    }
    const std::uint64_t used = mount.size() - std::min(mount.size(), mount.available());
    table.rows.push_back({node, Visible(mount.filesystem()), gigabytes(mount.size()),
                          gigabytes(used), gigabytes(mount.available()),
                          std::format("{:.2f}%", 100 * static_cast<double>(used) /
                                                     static_cast<double>(mount.size())),
                          Visible(mount.mounted_on())});
  }
}

}  // namespace

Command MountsCommand(const SharedNodeFlags& flags) {
  return {.name = "mounts",
          .aliases = {"mount"},
          .summary = "Lists mounted file systems that have a size",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .run = [flags](Session& session, const std::vector<std::string>&) {
            return ShowMessages<machine::MountsResponse>(
                session, *flags, MachineMethod("Mounts"), google::protobuf::Empty(),
                {.columns = {"NODE", "FILESYSTEM", "SIZE(GB)", "USED(GB)", "AVAILABLE(GB)",
                             "PERCENT USED", "MOUNTED ON"}},
                AddRows);
          }};
}

}  // namespace ichor::ctl
