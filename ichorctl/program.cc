#include "ichorctl/program.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <ostream>

#include "absl/strings/str_split.h"
#include "ichorctl/apply/apply_commands.h"
#include "ichorctl/cgroups/cgroups_command.h"
#include "ichorctl/cli/complete.h"
#include "ichorctl/cli/help.h"
#include "ichorctl/cli/man.h"
#include "ichorctl/cli/parse.h"
#include "ichorctl/cli/suggest.h"
#include "ichorctl/contexts/config_command.h"
#include "ichorctl/control/control_commands.h"
#include "ichorctl/dashboard/dashboard_command.h"
#include "ichorctl/etcd/etcd_commands.h"
#include "ichorctl/fetch/fetch_commands.h"
#include "ichorctl/files/client_config_file.h"
#include "ichorctl/files/files.h"
#include "ichorctl/gen/gen_command.h"
#include "ichorctl/get/get_command.h"
#include "ichorctl/look/look_commands.h"
#include "ichorctl/machineconfig/machineconfig_command.h"
#include "ichorctl/nodes/node_flags.h"
#include "ichorctl/support/support_command.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

constexpr std::string_view kCompleteName = "__complete";

Command CompletionCommand() {
  return {
      .name = "completion",
      .summary = "Writes a script that lets a shell complete commands, flags and values",
      .examples = {{.about = "for this bash", .line = "source <(ichorctl completion bash)"},
                   {.about = "for every zsh",
                    .line = "ichorctl completion zsh > \"${fpath[1]}/_ichorctl\""},
                   {.about = "for every fish",
                    .line = "ichorctl completion fish > ~/.config/fish/completions/ichorctl.fish"}},
      .arguments = {{.name = "SHELL",
                     .help = "bash, zsh or fish",
                     .words = {"bash", "zsh", "fish"}}},
      .run = [](Session& session, const Arguments& arguments) {
        ASSIGN_OR_RETURN(const std::string script, CompletionScript(arguments.front()));
        session.out << script;
        return absl::OkStatus();
      }};
}

absl::Status WriteManPages(const std::string& directory, Session& session) {
  for (const auto& [name, text] : ManPages(NewProgram())) {
    RETURN_IF_ERROR(WriteOutput(session, std::format("{}/{}", directory, name), text,
                                {.mode = 0644, .force = true}));
  }
  return absl::OkStatus();
}

Command DocsCommand() {
  return {.name = "docs",
          .summary = "Writes documentation",
          .commands = {ReferenceCommand(),
                       SchemaCommand(),
                       {.name = "man",
                        .summary = "Writes the man pages of all commands",
                        .arguments = {{.name = "DIRECTORY",
                                       .help = "where they go; pages that are there are replaced",
                                       .completes = Completes::kDirectory}},
                        .run = [](Session& session, const Arguments& arguments) {
                          return WriteManPages(arguments.front(), session);
                        }}}};
}

// The names of contexts; none if the file cannot be read: a shell that completes has no use for the
// reason.
std::vector<std::string> ContextNames(Session& session) {
  std::vector<std::string> names;
  if (const auto config = LoadClientConfig(session, {}); config.ok()) {
    for (const auto& [name, context] : config->contexts) {
      names.push_back(name);
    }
  }
  return names;
}

int ShowCompletions(const Command& root, std::vector<std::string> words, Session& session) {
  words.erase(words.begin());
  if (!words.empty() && words.front() == "--") {
    words.erase(words.begin());
  }
  session.out << ToLines(Complete(root, words, [&] { return ContextNames(session); }));
  return 0;
}

// The path to what `ichorctl help gen secrets` is about.
absl::StatusOr<std::vector<const Command*>> PathTo(const Command& root, const Arguments& names) {
  std::vector<const Command*> path = {&root};
  for (const std::string& name : names) {
    const Command* const below = FindCommand(*path.back(), name);
    if (below == nullptr) {
      std::vector<std::string> there;
      for (const Command& command : path.back()->commands) {
        there.push_back(command.name);
      }
      return absl::NotFoundError(
          std::format("{}: no command \"{}\"{}", NameOf(path), name, DidYouMean(name, there)));
    }
    path.push_back(below);
  }
  return path;
}

int Fail(const absl::Status& status, Session& session) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    session.err << OnErr(session, Look::kError, "error:") << ' ' << line << '\n';
  }
  return 1;
}

int RunCommand(const std::vector<std::string>& words, Session& session) {
  const Command root = NewProgram();
  if (!words.empty() && words.front() == kCompleteName) {
    return ShowCompletions(root, words, session);
  }
  Invocation invocation;
  if (const absl::Status status = Parse(root, words, invocation); !status.ok()) {
    Fail(status, session);
    session.err << std::format("Usage: {}\n{} --help says more.\n", UsageOf(invocation.path),
                               NameOf(invocation.path));
    return 1;
  }
  if (invocation.command().name == "help" && !invocation.help) {
    const auto path = PathTo(root, invocation.arguments);
    if (!path.ok()) {
      return Fail(path.status(), session);
    }
    session.out << HelpOf(session, *path);
    return 0;
  }
  if (invocation.help || !invocation.command().run) {
    session.out << HelpOf(session, invocation.path);
    return 0;
  }
  const absl::Status status = invocation.command().run(session, invocation.arguments);
  return status.ok() ? 0 : Fail(status, session);
}

}  // namespace

Command NewProgram() {
  const auto client = std::make_shared<ClientFlags>();
  Command root{
      .name = "ichorctl",
      .summary = "Makes configs for machines of Ichor and Talos Linux, and manages their clusters",
      .examples = {{.about = "the secrets of a new cluster", .line = "ichorctl gen secrets"}},
      .flags = {{.name = "talosconfig",
                 .value = "FILE",
                 .help = "the client's contexts, instead of those in ~/.talos/config",
                 .target = &client->config_path,
                 .completes = Completes::kFile},
                {.name = "context",
                 .value = "CONTEXT",
                 .help = "the context that is meant, instead of the current one",
                 .target = &client->context,
                 .completes = Completes::kContext}}};
  const auto nodes = std::make_shared<NodeFlags>();
  nodes->client = client;
  root.commands = {GenCommand(),     MachineConfigCommand(), ValidateCommand(),
                   ExplainCommand(), ConfigCommand(nodes),   CompletionCommand(),
                   DocsCommand()};
  // Before a command they are known too, as in `ichorctl -n 10.0.0.2 get links`.
  for (Flag flag : WithNodeFlags(nodes, Maintenance::kNo)) {
    flag.hidden = true;
    root.flags.push_back(std::move(flag));
  }
  root.commands.push_back(GetCommand(nodes));
  root.commands.push_back(CopyCommand(nodes));
  root.commands.push_back(KubeconfigCommand(nodes));
  root.commands.push_back(BootstrapCommand(nodes));
  root.commands.push_back(EtcdCommand(nodes));
  root.commands.push_back(PcapCommand(nodes));
  root.commands.push_back(CgroupsCommand(nodes));
  root.commands.push_back(SupportCommand(nodes));
  root.commands.push_back(DashboardCommand(nodes));
  std::ranges::move(ApplyCommands(nodes), std::back_inserter(root.commands));
  std::ranges::move(ControlCommands(nodes), std::back_inserter(root.commands));
  std::ranges::move(LookCommands(nodes), std::back_inserter(root.commands));
  root.commands.push_back({.name = "help",
                           .summary = "Says what a command does",
                           .arguments = {{.name = "COMMAND",
                                          .help = "gen, or gen secrets; none: all of them",
                                          .required = false,
                                          .repeated = true}}});
  return root;
}

int Run(const std::vector<std::string>& words, Session& session) {
  const int code = RunCommand(words, session);
  session.out.flush();
  if (code != 0 || session.out) {
    return code;
  }
  return Fail(absl::UnavailableError("standard output cannot be written: is the disk full?"),
              session);
}

}  // namespace ichor::ctl
