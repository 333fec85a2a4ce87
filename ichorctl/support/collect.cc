#include "ichorctl/support/collect.h"

#include <algorithm>
#include <format>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "common/common.pb.h"
#include "cosi/resource/meta.pb.h"
#include "cosi/resource/state.pb.h"
#include "google/protobuf/empty.pb.h"
#include "ichorctl/apply/current.h"
#include "ichorctl/cli/parse.h"
#include "ichorctl/get/definition.h"
#include "ichorctl/get/printer.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/look_commands.h"
#include "ichorctl/look/runtime.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/redact.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using Definition = cosi::resource::meta::ResourceDefinitionSpec;
using Words = std::vector<std::string>;

// What commands show, and the file that it goes to.
struct ShownFile {
  const char* file;
  Words words;
};

// The names are those of bundles that people who help know.
const std::vector<ShownFile>& ShownFiles() {
  static const auto* const kFiles = new std::vector<ShownFile>{
      {.file = "summary", .words = {"version"}},
      {.file = "services", .words = {"service"}},
      {.file = "processes", .words = {"processes"}},
      {.file = "memory", .words = {"memory", "--verbose"}},
      {.file = "mounts", .words = {"mounts"}},
      {.file = "diskfree", .words = {"diskfree"}},
      {.file = "netstat", .words = {"netstat", "--all", "--extend", "--programs"}},
      {.file = "containers", .words = {"containers"}},
      {.file = "images", .words = {"image", "list"}},
      {.file = "time", .words = {"time"}},
      {.file = "devices", .words = {"read", "/proc/bus/pci/devices"}},
      {.file = "dependencies.dot", .words = {"inspect", "dependencies"}},
  };
  return *kFiles;
}

// Logs that belong to no service.
constexpr const char* kOtherLogs[] = {"controller-runtime", "dns-resolve-cache"};

class Collector {
 public:
  Collector(Session& session, const NodeFlags& flags, const std::string& node, Nodes& nodes,
            const std::function<void(const std::string&)>& step, const TakeFile& take)
      : session_(session),
        flags_(std::make_shared<NodeFlags>(flags)),
        node_(node),
        nodes_(nodes),
        step_(step),
        take_(take) {
    flags_->nodes = {node};
  }

  size_t Run() {
    Put("dmesg.log", [&] { return Bytes("Dmesg", machine::DmesgRequest()); });
    for (const ShownFile& shown : ShownFiles()) {
      Put(shown.file, [&] { return Shown(shown.words); });
    }
    Put("io", [&] { return DiskStats(); });
    PutServices();
    for (const char* const log : kOtherLogs) {
      Put(std::format("{}.log", log), [&] { return LogOf(log); });
    }
    Put("machineconfig.yaml", [&] { return RedactedConfig(); });
    PutResources();
    if (!errors_.empty()) {
      take_("errors.txt", errors_);
    }
    return files_;
  }

 private:
  void Put(const std::string& file, const std::function<absl::StatusOr<std::string>()>& get) {
    step_(file);
    const absl::StatusOr<std::string> contents = get();
    if (contents.ok()) {
      take_(file, *contents);
      ++files_;
    } else {
      errors_ += std::format("{}: {}\n", file, base::MessageOf(contents.status()));
    }
  }

  // What a command of ours shows of the node.
  absl::StatusOr<std::string> Shown(const Words& words) {
    std::ostringstream text;
    Session session{.in = session_.in,
                    .out = text,
                    .err = text,
                    .clock = session_.clock,
                    .environment = session_.environment,
                    .loop = session_.loop};
    const Command root{.name = "ichorctl", .summary = "", .commands = LookCommands(flags_)};
    Invocation invocation;
    RETURN_IF_ERROR(Parse(root, words, invocation));
    RETURN_IF_ERROR(invocation.command().run(session, invocation.arguments));
    return std::move(text).str();
  }

  absl::StatusOr<std::string> Bytes(const std::string& method,
                                    const google::protobuf::Message& request) {
    std::string bytes;
    RETURN_IF_ERROR(AskOne<common::Data>(nodes_, node_, MachineMethod(method), request,
                                         [&](const common::Data& data) {
                                           bytes += data.bytes();
                                           return absl::OkStatus();
                                         }));
    return bytes;
  }

  absl::StatusOr<std::string> LogOf(const std::string& id) {
    auto request = OfRuntime<machine::LogsRequest>(false);
    request.set_id(id);
    request.set_tail_lines(-1);
    return Bytes("Logs", request);
  }

  absl::StatusOr<std::string> DiskStats() {
    Table table{.columns = {"DEVICE", "IO_TIME(MS)", "IO_TIME_WEIGHTED(MS)", "WRITE", "READ"}};
    const auto add = [&table](const machine::DiskStat& disk) {
      table.rows.push_back({disk.name(), std::to_string(disk.io_time_ms()),
                            std::to_string(disk.io_time_weighted_ms()),
                            std::to_string(disk.write_sectors()),
                            std::to_string(disk.read_sectors())});
    };
    RETURN_IF_ERROR(AskOne<machine::DiskStatsResponse>(
        nodes_, node_, MachineMethod("DiskStats"), google::protobuf::Empty(),
        [&add](const machine::DiskStatsResponse& reply) {
          for (const machine::DiskStats& stats : reply.messages()) {
            std::ranges::for_each(stats.devices(), add);
          }
          return absl::OkStatus();
        }));
    return ToText(table);
  }

  void PutServices() {
    std::vector<std::string> ids;
    const absl::Status listed = AskOne<machine::ServiceListResponse>(
        nodes_, node_, MachineMethod("ServiceList"), google::protobuf::Empty(),
        [&](const machine::ServiceListResponse& reply) {
          for (const machine::ServiceList& list : reply.messages()) {
            for (const machine::ServiceInfo& service : list.services()) {
              ids.push_back(service.id());
            }
          }
          return absl::OkStatus();
        });
    if (!listed.ok()) {
      errors_ += std::format("services: {}\n", base::MessageOf(listed));
    }
    for (const std::string& id : ids) {
      Put(id + ".log", [&] { return LogOf(id); });
      Put(id + ".state", [&] { return Shown({"service", id}); });
    }
  }

  absl::StatusOr<std::string> RedactedConfig() {
    ASSIGN_OR_RETURN(std::string text, CurrentConfig(nodes_, node_));
    ASSIGN_OR_RETURN(const config::Config config, config::Load("machineconfig", std::move(text)));
    return config::Redact(config);
  }

  absl::StatusOr<std::string> ResourcesOf(const Definition& definition) {
    cosi::resource::ListRequest request;
    request.set_namespace_(definition.default_namespace());
    request.set_type(definition.resource_type());
    std::string text;
    RETURN_IF_ERROR(AskOne<cosi::resource::ListResponse>(
        nodes_, node_, "/cosi.resource.State/List", request,
        [&](const cosi::resource::ListResponse& reply) {
          text += text.empty() ? "" : "---\n";
          text += ResourceYaml({.node = node_, .event = {}, .resource = reply.resource()});
          return absl::OkStatus();
        }));
    return text;
  }

  void PutResources() {
    const auto definitions = AllDefinitions(nodes_, node_);
    if (!definitions.ok()) {
      errors_ += std::format("talosResources: {}\n", base::MessageOf(definitions.status()));
      return;
    }
    for (const Definition& definition : *definitions) {
      if (definition.sensitivity() != Definition::SENSITIVE) {
        Put(std::format("talosResources/{}.yaml",
                        absl::AsciiStrToLower(definition.resource_type())),
            [&] { return ResourcesOf(definition); });
      }
    }
  }

  Session& session_;
  const SharedNodeFlags flags_;  // with this node alone
  const std::string& node_;
  Nodes& nodes_;
  const std::function<void(const std::string&)>& step_;
  const TakeFile& take_;
  std::string errors_;
  size_t files_ = 0;
};

}  // namespace

size_t CollectFrom(Session& session, const NodeFlags& flags, const std::string& node,
                   const std::function<void(const std::string&)>& step, const TakeFile& take) {
  NodeFlags of_this = flags;
  of_this.nodes = {node};
  const absl::StatusOr<std::unique_ptr<Nodes>> nodes = Nodes::Open(session, of_this);
  if (!nodes.ok()) {
    take("errors.txt", std::format("{}\n", base::MessageOf(nodes.status())));
    return 0;
  }
  return Collector(session, flags, node, **nodes, step, take).Run();
}

}  // namespace ichor::ctl
