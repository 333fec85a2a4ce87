#include "ichorctl/machineconfig/machineconfig_command.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/gen_command.h"
#include "ichorctl/gen/patches.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/migrate/migrate.h"
#include "lib/config/patch.h"

namespace ichor::ctl {
namespace {

struct PatchOptions {
  std::vector<std::string> patches;
  std::string output = "-";
  bool no_migrate = false;
};

absl::Status Patch(const PatchOptions& options, const std::string& path, Session& session) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  ASSIGN_OR_RETURN(const config::Config before, config::Load(path, std::move(text)));
  ASSIGN_OR_RETURN(const std::vector<config::Patch> patches, ReadPatches(session, options.patches));
  ASSIGN_OR_RETURN(const config::Config after,
                   Patcher(session).Apply(before, patches, !options.no_migrate));
  return WriteOutput(session, options.output, after.text(), {.force = true});
}

absl::Status Migrate(const std::string& output, const std::string& path, Session& session) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  ASSIGN_OR_RETURN(const config::Config before, config::Load(path, std::move(text)));
  ASSIGN_OR_RETURN(const config::MigratedConfig migrated, config::Migrate(before));
  for (const config::Move& move : migrated.moves) {
    session.err << config::ToString(move) << '\n';
  }
  return WriteOutput(session, output, migrated.config.text(), {.force = true});
}

Flag OutputFlag(std::string& output) {
  return {.name = "output",
          .letter = 'o',
          .value = "FILE",
          .help = "where the result goes, replacing what is there",
          .target = &output,
          .completes = Completes::kFile,
          .shown_default = "standard output"};
}

Argument FileArgument() {
  return {.name = "FILE", .help = "the config; - is standard input", .completes = Completes::kFile};
}

Command MigrateCommand() {
  const auto output = std::make_shared<std::string>("-");
  return {
      .name = "migrate",
      .summary = "Moves what a config says in the one-document form into the documents of today",
      .description = "Tells each move. Comments of what does not move stay.",
      .examples = {{.about = "in place",
                    .line = "ichorctl machineconfig migrate n1.yaml -o n1.yaml"}},
      .flags = {OutputFlag(*output)},
      .arguments = {FileArgument()},
      .run = [output](Session& session, const std::vector<std::string>& arguments) {
        return Migrate(*output, arguments.front(), session);
      }};
}

Command PatchCommand() {
  const auto options = std::make_shared<PatchOptions>();
  return {
      .name = "patch",
      .summary = "Changes a config by patches",
      .description = "Comments, order and quotes of what no patch touches stay as they are.",
      .examples = {{.about = "in place",
                    .line = "ichorctl machineconfig patch n1.yaml -p @n1-patch.yaml -o n1.yaml"},
                   {.about = "one value",
                    .line = "ichorctl machineconfig patch n1.yaml -p '{debug: true}'"}},
      .flags = {{.name = "patch",
                 .letter = 'p',
                 .value = "PATCH",
                 .help = "@FILE or the patch itself: a piece of a config, or a JSON patch",
                 .target = &options->patches,
                 .completes = Completes::kFile},
                OutputFlag(options->output),
                NoMigrateFlag(options->no_migrate)},
      .arguments = {FileArgument()},
      .run = [options](Session& session, const std::vector<std::string>& arguments) {
        return Patch(*options, arguments.front(), session);
      }};
}

}  // namespace

Command MachineConfigCommand() {
  return {.name = "machineconfig",
          .aliases = {"mc"},
          .summary = "Makes and changes machine configs",
          .commands = {MachineConfigGenCommand(), PatchCommand(), MigrateCommand()}};
}

}  // namespace ichor::ctl
