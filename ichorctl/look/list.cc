// `ichorctl list`
#include <format>
#include <ostream>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kLabel = "security.selinux";

struct Options {
  bool verbose = false;
  bool recurse = false;
  bool humanize = false;
  int depth = 1;
  std::vector<std::string> types;
};

absl::StatusOr<machine::ListRequest> RequestOf(const Options& options, const std::string& root) {
  machine::ListRequest request;
  request.set_root(root);
  request.set_recurse(options.recurse || options.depth > 1);
  request.set_recursion_depth(options.recurse ? -1 : options.depth);
  request.set_report_xattrs(options.verbose);
  for (const std::string& type : options.types) {
    if (type == "f" || type == "file") {
      request.add_types(machine::ListRequest::REGULAR);
    } else if (type == "d" || type == "directory") {
      request.add_types(machine::ListRequest::DIRECTORY);
    } else if (type == "l" || type == "symlink") {
      request.add_types(machine::ListRequest::SYMLINK);
    } else {
      return absl::InvalidArgumentError(std::format("--type: \"{}\" is none of f, d, l", type));
    }
  }
  return request;
}

std::string LabelOf(const machine::FileInfo& file) {
  for (const machine::Xattr& attribute : file.xattrs()) {
    if (attribute.name() == kLabel) {
      const std::string& label = attribute.data();
      return Visible(label.ends_with('\0') ? label.substr(0, label.size() - 1) : label);
    }
  }
  return "";
}

std::vector<std::string> LongRow(const std::string& node, const machine::FileInfo& file,
                                 bool humanize, base::WallTime now) {
  const base::WallTime modified{std::chrono::seconds(file.modified())};
  const std::string name = Visible(file.relative_name());
  return {
      node,
      ModeText(file.mode()),
      std::to_string(file.uid()),
      std::to_string(file.gid()),
      humanize ? Humanized(static_cast<std::uint64_t>(file.size())) : std::to_string(file.size()),
      humanize ? Relative(modified, now) : ShortTime(modified),
      LabelOf(file),
      file.link().empty() ? name : name + " -> " + Visible(file.link())};
}

absl::Status ListFiles(const NodeFlags& flags, const Options& options, const std::string& root,
                       Session& session) {
  ASSIGN_OR_RETURN(const machine::ListRequest request, RequestOf(options, root));
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  Table table{.columns = {"NODE", "NAME"}};
  if (options.verbose) {
    table.columns = {"NODE", "MODE", "UID", "GID", "SIZE(B)", "LASTMOD", "LABEL", "NAME"};
  }
  const absl::Status status = AskAll<machine::FileInfo>(
      *nodes, MachineMethod("List"), request,
      [&](const std::string& node, const machine::FileInfo& file) {
        if (!file.error().empty()) {
          session.err << std::format("{}: error reading file {}: {}\n", node, Visible(file.name()),
                                     Visible(file.error()));
        } else if (options.verbose) {
          table.rows.push_back(LongRow(node, file, options.humanize, session.clock.Now()));
        } else {
          table.rows.push_back({node, Visible(file.relative_name())});
        }
        return absl::OkStatus();
      });
  if (status.ok() || !table.rows.empty()) {
    session.out << ToText(table);
  }
  return status;
}

}  // namespace

Command ListCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "list",
          .aliases = {"ls"},
          .summary = "Lists files",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "depth",
                                   .letter = 'd',
                                   .value = "LEVELS",
                                   .help = "how deep below the directory",
                                   .target = &options->depth},
                                  {.name = "humanize",
                                   .letter = 'H',
                                   .help = "sizes and times as people say them",
                                   .target = &options->humanize},
                                  {.name = "long",
                                   .letter = 'l',
                                   .help = "with mode, owner, size and time",
                                   .target = &options->verbose},
                                  {.name = "recurse",
                                   .letter = 'r',
                                   .help = "all levels below the directory",
                                   .target = &options->recurse},
                                  {.name = "type",
                                   .letter = 't',
                                   .value = "TYPE",
                                   .help = "only files (f), directories (d), symbolic links (l)",
                                   .target = &options->types,
                                   .split = true}}),
          .arguments = {{.name = "PATH",
                         .help = "a directory; / if it is left out",
                         .required = false}},
          .run = [flags, options](Session& session, const std::vector<std::string>& arguments) {
            return ListFiles(*flags, *options, arguments.empty() ? "/" : arguments.front(),
                             session);
          }};
}

}  // namespace ichor::ctl
