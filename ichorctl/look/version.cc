// `ichorctl version`
#include "lib/base/version.h"

#include <format>
#include <ostream>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view Architecture() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "amd64";
#endif
}

struct Options {
  bool client = false;
  bool brief = false;
};

void ShowClient(bool brief, std::ostream& out) {
  if (brief) {
    out << std::format("Client {}\n", base::kVersionTag);
  } else {
    out << std::format("Client:\n\tTag:         {}\n\tOS/Arch:     linux/{}\n", base::kVersionTag,
                       Architecture());
  }
}

void ShowNode(const std::string& node, const machine::Version& version, bool brief,
              std::ostream& out) {
  const machine::VersionInfo& info = version.version();
  if (brief) {
    out << std::format("Server {} {}\n", node, info.tag());
    return;
  }
  out << std::format(
      "\tNODE:        {}\n\tTag:         {}\n\tSHA:         {}\n\tBuilt:       {}\n"
      "\tGo version:  {}\n\tOS/Arch:     {}/{}\n\tEnabled:     {}\n\n",
      node, info.tag(), info.sha(), info.built(), info.go_version(), info.os(), info.arch(),
      version.features().rbac() ? "RBAC" : "");
}

absl::Status ShowVersion(const NodeFlags& flags, const Options& options, Session& session) {
  ShowClient(options.brief, session.out);
  if (options.client) {
    return absl::OkStatus();
  }
  session.out << (options.brief ? "" : "Server:\n") << std::flush;
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return AskForMessages<machine::VersionResponse>(
      *nodes, MachineMethod("Version"), google::protobuf::Empty(),
      [&](const std::string& node, const machine::Version& version) {
        ShowNode(node, version, options.brief, session.out);
      });
}

}  // namespace

Command VersionCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "version",
          .summary = "Shows the versions of this program and of nodes",
          .flags = WithNodeFlags(
              flags, Maintenance::kYes,
              {{.name = "client", .help = "this program's alone", .target = &options->client},
               {.name = "short", .help = "a line for each", .target = &options->brief}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return ShowVersion(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
