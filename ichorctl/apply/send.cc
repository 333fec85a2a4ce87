#include "ichorctl/apply/send.h"

#include <format>
#include <ostream>

#include "ichorctl/control/waiting.h"
#include "ichorctl/look/ask.h"
#include "lib/base/status.h"

namespace ichor::ctl {

std::vector<Argument> MachineConfigArguments() {
  return {
      {.name = "WHAT", .help = "machineconfig", .words = {"machineconfig", "machineconfigs", "mc"}},
      {.name = "ID", .help = "v1alpha1", .required = false}};
}

Flag NamespaceFlag(std::string& target) {
  return {.name = "namespace",
          .value = "NAMESPACE",
          .help = "there is one config, whatever this says",
          .target = &target,
          .hidden = true};
}

std::vector<Flag> MannerFlags(Manner& manner) {
  return {{.name = "mode",
           .letter = 'm',
           .value = "MODE",
           .help = "auto: with a reboot where it needs one; staged: with the next boot; try: goes "
                   "back after --timeout",
           .target = &manner.mode,
           .words = {"auto", "no-reboot", "staged", "try"}},
          {.name = "dry-run", .help = "only shows what would change", .target = &manner.dry_run},
          {.name = "timeout",
           .value = "TIME",
           .help = "with --mode=try: when it goes back",
           .target = &manner.timeout}};
}

absl::StatusOr<machine::ApplyConfigurationRequest> RequestOf(const Manner& manner,
                                                             const std::string& config) {
  using Request = machine::ApplyConfigurationRequest;
  Request request;
  ASSIGN_OR_RETURN(const std::chrono::seconds timeout, ParseTime("timeout", manner.timeout));
  request.mutable_try_mode_timeout()->set_seconds(timeout.count());
  request.set_data(config);
  request.set_dry_run(manner.dry_run);
  request.set_mode(manner.mode == "no-reboot" ? Request::NO_REBOOT
                   : manner.mode == "staged"  ? Request::STAGED
                   : manner.mode == "try"     ? Request::TRY
                                              : Request::AUTO);
  return request;
}

void ShowResult(Session& session, bool several, const std::string& node,
                const machine::ApplyConfiguration& result) {
  const std::string whose = several ? node + ": " : "";
  for (const std::string& warning : result.warnings()) {
    Warn(session, whose + warning);
  }
  if (!result.mode_details().empty()) {
    session.err << whose << result.mode_details()
                << (result.mode_details().ends_with('\n') ? "" : "\n") << std::flush;
  }
}

absl::Status SendConfig(Session& session, Nodes& nodes, const std::string& node,
                        const Manner& manner, const std::string& config) {
  ASSIGN_OR_RETURN(const machine::ApplyConfigurationRequest request, RequestOf(manner, config));
  return AskOne<machine::ApplyConfigurationResponse>(
      nodes, node, MachineMethod("ApplyConfiguration"), request,
      [&](const machine::ApplyConfigurationResponse& reply) {
        for (const machine::ApplyConfiguration& result : reply.messages()) {
          ShowResult(session, nodes.names().size() > 1, node, result);
        }
        return absl::OkStatus();
      });
}

}  // namespace ichor::ctl
