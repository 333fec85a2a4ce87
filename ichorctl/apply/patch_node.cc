// `ichorctl patch machineconfig`
#include <format>
#include <ostream>

#include "ichorctl/apply/current.h"
#include "ichorctl/apply/parts.h"
#include "ichorctl/apply/send.h"
#include "ichorctl/gen/patches.h"
#include "lib/base/status.h"
#include "lib/config/config.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::vector<std::string> patches;
  std::string patch_file;
  std::string ns;  // there is one config, whatever the namespace
  Manner manner;
  bool no_migrate = false;
};

absl::Status PatchOne(Session& session, Nodes& nodes, const std::string& node,
                      const Options& options, std::span<const config::Patch> patches) {
  ASSIGN_OR_RETURN(std::string text, CurrentConfig(nodes, node));
  ASSIGN_OR_RETURN(const config::Config before, config::Load("machineconfig", std::move(text)));
  ASSIGN_OR_RETURN(const config::Config after,
                   Patcher(session).Apply(before, patches, !options.no_migrate));
  if (after.text() == before.text()) {
    session.err << "Apply was skipped: no changes detected.\n";
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(SendConfig(session, nodes, node, options.manner, after.text()));
  session.err << std::format("patched {} at the node {}\n", kMachineConfigName, node);
  return absl::OkStatus();
}

absl::Status Patch(const NodeFlags& flags, const Options& options, Session& session) {
  std::vector<std::string> words = options.patches;
  if (!options.patch_file.empty()) {
    words.push_back("@" + options.patch_file);
  }
  if (words.empty()) {
    return absl::InvalidArgumentError("either --patch or --patch-file should be defined");
  }
  ASSIGN_OR_RETURN(const std::vector<config::Patch> patches, ReadPatches(session, words));
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  for (const std::string& node : nodes->names()) {
    RETURN_IF_ERROR(base::Annotate(PatchOne(session, *nodes, node, options, patches), node));
  }
  return absl::OkStatus();
}

}  // namespace

Command PatchNodeCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  std::vector<Flag> own = {{.name = "patch",
                            .letter = 'p',
                            .value = "PATCH",
                            .help = "a patch, or @FILE",
                            .target = &options->patches},
                           {.name = "patch-file",
                            .value = "FILE",
                            .help = "the same as --patch @FILE",
                            .target = &options->patch_file,
                            .completes = Completes::kFile},
                           NamespaceFlag(options->ns),
                           NoMigrateFlag(options->no_migrate)};
  std::vector<Flag> manner = MannerFlags(options->manner);
  own.insert(own.end(), manner.begin(), manner.end());
  return {.name = "patch",
          .summary = "Changes the configs of nodes by patches",
          .examples = {{.about = "a sysctl, at once",
                        .line = "ichorctl patch machineconfig -p "
                                "'{machine: {sysctls: {vm.swappiness: \"10\"}}}'"}},
          .flags = WithNodeFlags(flags, Maintenance::kNo, std::move(own)),
          .arguments = MachineConfigArguments(),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Patch(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
