// `ichorctl diskfree`: how full the mounted volumes are.
#include <format>
#include <ostream>

#include "cosi/resource/state.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/block/block.pb.h"

namespace ichor::ctl {
namespace {

using MountSpec = talos::resource::definitions::block::MountStatusSpec;

struct Options {
  bool bytes = false;
  bool inodes = false;
};

struct Mount {
  std::string node;
  std::string id;
  MountSpec spec;
};

absl::Status FindMounts(Nodes& nodes, std::string_view volume, std::vector<Mount>& mounts) {
  cosi::resource::ListRequest request;
  request.set_namespace_("runtime");
  request.set_type("MountStatuses.block.talos.dev");
  return AskAll<cosi::resource::ListResponse>(
      nodes, "/cosi.resource.State/List", request,
      [&](const std::string& node, const cosi::resource::ListResponse& reply) -> absl::Status {
        Mount mount{.node = node, .id = reply.resource().metadata().id(), .spec = {}};
        if (!mount.spec.ParseFromString(reply.resource().spec().proto_spec())) {
          return absl::InternalError("a MountStatus cannot be read");
        }
        if (!mount.spec.source().empty() && !mount.spec.detached() &&
            (volume.empty() || mount.spec.spec().volume_id() == volume || mount.id == volume)) {
          mounts.push_back(std::move(mount));
        }
        return absl::OkStatus();
      });
}

std::string Percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0
             ? "-"
             : std::format("{:.2f}%", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::vector<std::string> RowOf(const Mount& mount,
                               const machine::StorageServiceStatfsResponse& statistics,
                               const Options& options) {
  std::vector<std::string> row = {mount.node, mount.id, mount.spec.source()};
  if (options.inodes) {
    row.insert(row.end(),
               {std::to_string(statistics.inodes()), std::to_string(statistics.inodes_used()),
                std::to_string(statistics.inodes_free()),
                Percent(statistics.inodes_used(), statistics.inodes())});
  } else {
    const auto size = [&](std::uint64_t bytes) {
      return options.bytes ? std::to_string(bytes) : HumanizedBinary(bytes);
    };
    row.insert(row.end(),
               {size(statistics.size()), size(statistics.used()), size(statistics.available()),
                Percent(statistics.used(), statistics.size())});
  }
  row.push_back(mount.spec.target());
  return row;
}

absl::Status ShowDiskFree(const NodeFlags& flags, const Options& options, std::string_view volume,
                          Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  std::vector<Mount> mounts;
  absl::Status status = FindMounts(*nodes, volume, mounts);
  Table table{.columns = {"NODE", "VOLUME", "FILESYSTEM", "SIZE", "USED", "AVAILABLE", "USAGE",
                          "MOUNT POINT"}};
  if (options.inodes) {
    table.columns = {"NODE",  "VOLUME", "FILESYSTEM", "INODES",
                     "IUSED", "IFREE",  "%IUSED",     "MOUNT POINT"};
  }
  for (const Mount& mount : mounts) {
    machine::StorageServiceStatfsRequest request;
    request.set_path(mount.spec.target());
    status.Update(AskOne<machine::StorageServiceStatfsResponse>(
        *nodes, mount.node, "/machine.StorageService/Statfs", request,
        [&](const machine::StorageServiceStatfsResponse& reply) {
          table.rows.push_back(RowOf(mount, reply, options));
          return absl::OkStatus();
        }));
  }
  if (status.ok() || !table.rows.empty()) {
    session.out << ToText(table);
  }
  return status;
}

}  // namespace

Command DiskFreeCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {
      .name = "diskfree",
      .aliases = {"df"},
      .summary = "Shows how full volumes are",
      .flags = WithNodeFlags(
          flags, Maintenance::kNo,
          {{.name = "bytes", .letter = 'b', .help = "sizes in bytes", .target = &options->bytes},
           {.name = "inodes",
            .letter = 'i',
            .help = "numbers of files instead of sizes",
            .target = &options->inodes}}),
      .arguments = {{.name = "VOLUME",
                     .help = "one volume, instead of all that are mounted",
                     .required = false}},
      .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
        return ShowDiskFree(*flags, *options, arguments.empty() ? "" : arguments.front(), session);
      }};
}

}  // namespace ichor::ctl
