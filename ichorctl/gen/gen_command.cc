#include "ichorctl/gen/gen_command.h"

#include <format>
#include <ostream>

#include "ichorctl/files/files.h"
#include "ichorctl/gen/parts.h"
#include "lib/base/status.h"
#include "lib/pki/openssl.h"

namespace ichor::ctl {
namespace {

Flag ForceFlag(bool& force) {
  return {
      .name = "force", .letter = 'f', .help = "replaces files that are there", .target = &force};
}

}  // namespace

absl::Status WriteFiles(Session& session, const std::vector<OutputFile>& files, bool force) {
  for (const OutputFile& file : files) {
    RETURN_IF_ERROR(CheckOutput(file.path, force));
  }
  for (const OutputFile& file : files) {
    RETURN_IF_ERROR(WriteOutput(session, file.path, file.contents, {.force = force}));
    if (file.path != "-") {
      session.err << "wrote " << file.path << '\n';
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::chrono::hours> LifetimeOf(int hours) {
  if (hours <= 0) {
    return absl::InvalidArgumentError(std::format("--hours: {} is not positive", hours));
  }
  return std::chrono::hours(hours);
}

Command MachineConfigGenCommand() {
  const auto force = std::make_shared<bool>(false);
  Command command = ConfigsCommand(force);
  command.name = "gen";
  command.examples.clear();
  command.flags.push_back(ForceFlag(*force));
  return command;
}

Command GenCommand() {
  const auto force = std::make_shared<bool>(false);
  return {.name = "gen",
          .aliases = {"generate"},
          .summary = "Makes secrets, configs, keys and certificates, without a node",
          .flags = {ForceFlag(*force)},
          .commands = {SecretsCommand(force), ConfigsCommand(force), CaCommand(force),
                       KeyCommand(force), CsrCommand(force), CrtCommand(force),
                       KeyPairCommand(force), SecureBootCommand(force)}};
}

}  // namespace ichor::ctl
