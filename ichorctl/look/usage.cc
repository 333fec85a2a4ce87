// `ichorctl usage`
#include <format>
#include <ostream>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

struct Options {
  bool all = false;
  bool humanize = false;
  int depth = 0;
  int threshold = 0;
};

absl::Status ShowUsage(const NodeFlags& flags, const Options& options,
                       const std::vector<std::string>& paths, Session& session) {
  machine::DiskUsageRequest request;
  request.set_recursion_depth(options.depth + 1);
  request.set_all(options.all);
  request.set_threshold(options.threshold);
  request.mutable_paths()->Assign(paths.begin(), paths.end());
  if (paths.empty()) {
    request.add_paths("/");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  const bool several = nodes->names().size() > 1;
  Table table{.columns = {"SIZE", "NAME"}};
  if (several) {
    table.columns.insert(table.columns.begin(), "NODE");
  }
  const absl::Status status = AskAll<machine::DiskUsageInfo>(
      *nodes, MachineMethod("DiskUsage"), request,
      [&](const std::string& node, const machine::DiskUsageInfo& info) {
        if (!info.error().empty()) {
          session.err << std::format("{}: error reading file {}: {}\n", node, Visible(info.name()),
                                     Visible(info.error()));
          return absl::OkStatus();
        }
        std::vector<std::string> row = {options.humanize
                                            ? Humanized(static_cast<std::uint64_t>(info.size()))
                                            : std::to_string(info.size()),
                                        Visible(info.relative_name())};
        if (several) {
          row.insert(row.begin(), node);
        }
        table.rows.push_back(std::move(row));
        return absl::OkStatus();
      });
  if (status.ok() || !table.rows.empty()) {
    session.out << ToText(table);
  }
  return status;
}

}  // namespace

Command UsageCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "usage",
          .aliases = {"du"},
          .summary = "Shows how much space directories take",
          .flags = WithNodeFlags(
              flags, Maintenance::kNo,
              {{.name = "all", .letter = 'a', .help = "files too", .target = &options->all},
               {.name = "depth",
                .letter = 'd',
                .value = "LEVELS",
                .help = "how deep below the paths",
                .target = &options->depth},
               {.name = "humanize",
                .letter = 'H',
                .help = "sizes as people say them",
                .target = &options->humanize},
               {.name = "threshold",
                .letter = 't',
                .value = "BYTES",
                .help = "only what is larger, or smaller if negative",
                .target = &options->threshold}}),
          .arguments = {{.name = "PATH",
                         .help = "what is measured; / if it is left out",
                         .required = false,
                         .repeated = true}},
          .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
            return ShowUsage(*flags, *options, arguments, session);
          }};
}

}  // namespace ichor::ctl
