// `ichorctl validate`
#include "lib/config/validate/validate.h"

#include <format>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ichorctl/files/files.h"
#include "ichorctl/machineconfig/machineconfig_command.h"
#include "lib/base/status.h"
#include "lib/config/config.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string path;
  std::string mode;
  bool strict = false;
};

// Warnings at once; errors come back, all of them.
absl::Status Validate(const Options& options, Session& session) {
  if (options.path.empty()) {
    return absl::InvalidArgumentError("--config is missing: the file that is validated");
  }
  const std::optional<config::Mode> mode = config::ParseMode(options.mode);
  if (!mode) {
    return absl::InvalidArgumentError(
        "--mode is missing: what the machine is, one of metal, cloud, container");
  }
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, options.path));
  ASSIGN_OR_RETURN(const config::Config config, config::Load(options.path, std::move(text)));
  const config::Findings findings =
      config::Validate(config, {.mode = *mode, .strict = options.strict, .local = true});
  for (const config::Finding& finding : findings) {
    if (finding.severity == config::Finding::Severity::kWarning) {
      session.err << config::ToString(finding) << '\n';
    }
  }
  RETURN_IF_ERROR(config::ToStatus(findings));
  session.out << std::format("{} is valid for {} mode\n", options.path, options.mode);
  return absl::OkStatus();
}

}  // namespace

Command ValidateCommand() {
  const auto options = std::make_shared<Options>();
  return {
      .name = "validate",
      .summary = "Checks a config: everything that a machine would refuse, with line and reason",
      .examples = {{.about = "for a server",
                    .line = "ichorctl validate --config n1.yaml --mode metal"}},
      .flags = {{.name = "config",
                 .letter = 'c',
                 .value = "FILE",
                 .help = "the config; - is standard input",
                 .target = &options->path,
                 .completes = Completes::kFile},
                {.name = "mode",
                 .letter = 'm',
                 .value = "MODE",
                 .help = "what the machine is",
                 .target = &options->mode,
                 .words = {"metal", "cloud", "container"}},
                {.name = "strict", .help = "warnings are errors", .target = &options->strict}},
      .run = [options](Session& session, const auto& /*arguments*/) {
        return Validate(*options, session);
      }};
}

}  // namespace ichor::ctl
