#include "ichorctl/cgroups/cgroups_command.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "ichorctl/cgroups/cgroup_table.h"
#include "ichorctl/fetch/copy_tree.h"
#include "ichorctl/fetch/tar_reader.h"
#include "ichorctl/look/ask.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

// A path of an archive without "./" before it.
std::string Clean(const std::string& name) {
  std::string path = name.starts_with("./") ? name.substr(2) : name;
  while (path.ends_with('/')) {
    path.pop_back();
  }
  return path == "." ? "" : path;
}

// Takes the files of groups.
class GroupSink : public TarSink {
 public:
  explicit GroupSink(Cgroups& cgroups) : cgroups_(cgroups) {}

  absl::Status Begin(const TarEntry& entry) override {
    file_ = nullptr;
    const std::string path = Clean(entry.name);
    const size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (entry.type == TarEntry::Type::kDirectory) {
      cgroups_.groups[path];
    } else if (entry.type == TarEntry::Type::kFile && IsCgroupFile(name)) {
      file_ = &cgroups_.groups[slash == std::string::npos ? "" : path.substr(0, slash)][name];
    }
    return absl::OkStatus();
  }

  absl::Status Contents(std::string_view bytes) override {
    if (file_ != nullptr) {
      *file_ += bytes;
    }
    return absl::OkStatus();
  }

 private:
  Cgroups& cgroups_;
  std::string* file_ = nullptr;  // the one that is read now; null: nobody wants it
};

// Takes the names of disks: /sys/dev/block/8:0 is a link to ../../devices/…/sda.
class DiskSink : public TarSink {
 public:
  explicit DiskSink(Cgroups& cgroups) : cgroups_(cgroups) {}

  absl::Status Begin(const TarEntry& entry) override {
    if (entry.type == TarEntry::Type::kLink) {
      cgroups_.disks[Clean(entry.name)] = entry.target.substr(entry.target.rfind('/') + 1);
    }
    return absl::OkStatus();
  }
  absl::Status Contents(std::string_view /*bytes*/) override { return absl::OkStatus(); }

 private:
  Cgroups& cgroups_;
};

absl::Status ShowCgroups(const NodeFlags& flags, const std::string& preset, Session& session) {
  if (preset.empty()) {
    return absl::InvalidArgumentError(
        "--preset is missing: cpu, cpuset, io, memory, process, psi or swap");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("cgroups"));
  Cgroups cgroups;
  RETURN_IF_ERROR(AskForMessages<machine::ProcessesResponse>(
      *nodes, MachineMethod("Processes"), google::protobuf::Empty(),
      [&](const std::string&, const machine::Process& reply) {
        for (const machine::ProcessInfo& process : reply.processes()) {
          cgroups.processes[std::to_string(process.pid())] = process.command();
        }
      }));
  DiskSink disks(cgroups);
  RETURN_IF_ERROR(CopyTree(*nodes, "/sys/dev/block", disks));
  GroupSink groups(cgroups);
  RETURN_IF_ERROR(CopyTree(*nodes, "/sys/fs/cgroup", groups));
  ASSIGN_OR_RETURN(const Table table, CgroupTable(cgroups, preset));
  session.out << ToText(table);
  return absl::OkStatus();
}

}  // namespace

Command CgroupsCommand(const SharedNodeFlags& flags) {
  const auto preset = std::make_shared<std::string>();
  return {.name = "cgroups",
          .aliases = {"cg"},
          .summary = "Shows the control groups of a node, and what they take",
          .examples = {{.about = "who takes memory", .line = "ichorctl cgroups --preset memory"}},
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "preset",
                                   .value = "PRESET",
                                   .help = "which columns there are",
                                   .target = preset.get(),
                                   .words = CgroupPresets()}}),
          .run = [flags, preset](Session& session, const std::vector<std::string>&) {
            return ShowCgroups(*flags, *preset, session);
          }};
}

}  // namespace ichor::ctl
