#include "ichorctl/machineconfig/machineconfig_command.h"

#include <memory>
#include <string>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/gen_command.h"
#include "ichorctl/gen/patches.h"
#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/config/patch.h"

namespace ichor::ctl {
namespace {

struct PatchOptions {
  std::vector<std::string> patches;
  std::string output = "-";
};

absl::Status Patch(const PatchOptions& options, const std::string& path, Session& session) {
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, path));
  ASSIGN_OR_RETURN(const config::Config before, config::Load(path, std::move(text)));
  ASSIGN_OR_RETURN(const std::vector<config::Patch> patches, ReadPatches(session, options.patches));
  ASSIGN_OR_RETURN(const config::Config after, config::ApplyPatches(before, patches));
  return WriteOutput(session, options.output, after.text(), {.force = true});
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
                {.name = "output",
                 .letter = 'o',
                 .value = "FILE",
                 .help = "where the result goes, replacing what is there",
                 .target = &options->output,
                 .completes = Completes::kFile,
                 .shown_default = "standard output"}},
      .arguments = {{.name = "FILE",
                     .help = "the config; - is standard input",
                     .completes = Completes::kFile}},
      .run = [options](Session& session, const std::vector<std::string>& arguments) {
        return Patch(*options, arguments.front(), session);
      }};
}

}  // namespace

Command MachineConfigCommand() {
  return {.name = "machineconfig",
          .aliases = {"mc"},
          .summary = "Makes and changes machine configs",
          .commands = {MachineConfigGenCommand(), PatchCommand()}};
}

}  // namespace ichor::ctl
