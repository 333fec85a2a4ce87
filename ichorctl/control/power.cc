// `ichorctl reboot` and `ichorctl shutdown`
#include "ichorctl/control/parts.h"
#include "ichorctl/control/waiting.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

struct RebootOptions {
  std::string mode = "default";
  Waiting waiting;
};

absl::Status Reboot(const NodeFlags& flags, const RebootOptions& options, Session& session) {
  machine::RebootRequest request;
  if (options.mode == "powercycle") {
    request.set_mode(machine::RebootRequest::POWERCYCLE);
  } else if (options.mode == "force") {
    request.set_mode(machine::RebootRequest::FORCE);
  }
  ASSIGN_OR_RETURN(const Order order,
                   WithWaiting(options.waiting, {.method = "/machine.MachineService/Reboot",
                                                 .request = request.SerializeAsString(),
                                                 .goal = Goal::kReady}));
  return Carry(session, flags, order);
}

struct ShutdownOptions {
  bool force = false;
  Waiting waiting;
};

absl::Status Shutdown(const NodeFlags& flags, const ShutdownOptions& options, Session& session) {
  machine::ShutdownRequest request;
  request.set_force(options.force);
  ASSIGN_OR_RETURN(const Order order,
                   WithWaiting(options.waiting, {.method = "/machine.MachineService/Shutdown",
                                                 .request = request.SerializeAsString(),
                                                 .goal = Goal::kStopped}));
  return Carry(session, flags, order);
}

}  // namespace

Command RebootCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<RebootOptions>();
  std::vector<Flag> own = WaitingFlags(options->waiting);
  own.push_back({.name = "mode",
                 .letter = 'm',
                 .value = "MODE",
                 .help = "powercycle: through the firmware; force: without stopping services",
                 .target = &options->mode,
                 .words = {"default", "powercycle", "force"}});
  return {.name = "reboot",
          .summary = "Starts nodes again",
          .flags = WithNodeFlags(flags, Maintenance::kNo, std::move(own)),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Reboot(*flags, *options, session);
          }};
}

Command ShutdownCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<ShutdownOptions>();
  std::vector<Flag> own = WaitingFlags(options->waiting);
  own.push_back(
      {.name = "force", .help = "without leaving the cluster first", .target = &options->force});
  return {.name = "shutdown",
          .summary = "Turns nodes off",
          .flags = WithNodeFlags(flags, Maintenance::kNo, std::move(own)),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Shutdown(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
