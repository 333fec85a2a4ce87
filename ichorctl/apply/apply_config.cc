// `ichorctl apply-config`
#include <format>
#include <ostream>

#include "ichor/node_service.pb.h"
#include "ichorctl/apply/parts.h"
#include "ichorctl/apply/send.h"
#include "ichorctl/control/tracked_node.h"
#include "ichorctl/control/tracker.h"
#include "ichorctl/control/waiting.h"
#include "ichorctl/files/files.h"
#include "ichorctl/gen/patches.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/nodes/endpoint.h"
#include "lib/base/status.h"
#include "lib/config/config.h"

namespace ichor::ctl {
namespace {

constexpr const char* kApply = "/ichor.v1.NodeService/Apply";

struct Options {
  std::string file;
  std::vector<std::string> patches;
  Manner manner;
  bool wait = false;
  std::string wait_timeout = "20m0s";
  std::string confirm_within;
  bool force = false;
};

// Without patches the file as it is: the node says what is wrong with it.
absl::StatusOr<std::string> ConfigText(Session& session, const Options& options) {
  if (options.file.empty()) {
    return absl::InvalidArgumentError("--file is missing: the config that is applied");
  }
  ASSIGN_OR_RETURN(std::string text, ReadInput(session, options.file));
  if (options.patches.empty()) {
    return text;
  }
  ASSIGN_OR_RETURN(const config::Config before, config::Load(options.file, std::move(text)));
  ASSIGN_OR_RETURN(const std::vector<config::Patch> patches, ReadPatches(session, options.patches));
  ASSIGN_OR_RETURN(const config::Config after, Patcher(session).Apply(before, patches, true));
  return after.text();
}

// What an answer means for waiting: nodes that boot again.
using Reboots = std::vector<std::string>;

absl::Status ApplyPlainly(Session& session, Nodes& nodes, const Options& options,
                          const std::string& config, Reboots& reboots) {
  ASSIGN_OR_RETURN(const machine::ApplyConfigurationRequest request,
                   RequestOf(options.manner, config));
  return AskForMessages<machine::ApplyConfigurationResponse>(
      nodes, MachineMethod("ApplyConfiguration"), request,
      [&](const std::string& node, const machine::ApplyConfiguration& result) {
        ShowResult(session, nodes.names().size() > 1, node, result);
        if (result.mode() == machine::ApplyConfigurationRequest::REBOOT) {
          reboots.push_back(node);
        }
      });
}

absl::StatusOr<v1::ApplyRequest> OwnRequest(const Options& options, const std::string& config) {
  if (options.manner.dry_run) {
    return absl::InvalidArgumentError(
        "--dry-run does not go with --confirm-within and --force: `ichorctl plan` tells more");
  }
  v1::ApplyRequest request;
  request.set_config(config);
  request.set_mode(options.manner.mode == "no-reboot" ? v1::NO_REBOOT
                   : options.manner.mode == "staged"  ? v1::STAGED
                   : options.manner.mode == "try"     ? v1::TRY
                                                      : v1::AUTO);
  ASSIGN_OR_RETURN(const std::chrono::seconds timeout,
                   ParseTime("timeout", options.manner.timeout));
  request.mutable_try_timeout()->set_seconds(timeout.count());
  if (!options.confirm_within.empty()) {
    ASSIGN_OR_RETURN(const std::chrono::seconds within,
                     ParseTime("confirm-within", options.confirm_within));
    request.mutable_confirm_within()->set_seconds(within.count());
  }
  request.set_force(options.force);
  return request;
}

absl::Status ApplyWithOurs(Session& session, Nodes& nodes, const Options& options,
                           const std::string& config) {
  ASSIGN_OR_RETURN(const v1::ApplyRequest request, OwnRequest(options, config));
  return AskAll<v1::ApplyResponse>(
      nodes, kApply, request, [&](const std::string& node, const v1::ApplyResponse& reply) {
        machine::ApplyConfiguration result;
        *result.mutable_warnings() = reply.warnings();
        result.set_mode_details(reply.details());
        ShowResult(session, nodes.names().size() > 1, node, result);
        if (reply.has_confirm_until()) {
          session.err << std::format(
              "{}: the config before comes back at {}, unless `ichorctl confirm` reaches the node "
              "until then\n",
              node, LongTime(ToWallTime(reply.confirm_until())));
        }
        return absl::OkStatus();
      });
}

// After the config is taken the node asks for certificates, whoever applied it, and its name in a
// call is without the port that it was reached at.
absl::StatusOr<Access> AccessAfterwards(Session& session, const NodeFlags& flags) {
  NodeFlags after = flags;
  after.insecure = false;
  after.fingerprints.clear();
  if (flags.insecure && after.endpoints.empty()) {
    after.endpoints = flags.nodes;
  }
  for (std::string& node : after.nodes) {
    if (flags.insecure) {
      ASSIGN_OR_RETURN(const Endpoint endpoint, ParseEndpoint(node));
      node = endpoint.host;
    }
  }
  return AccessOf(session, after);
}

// Of nodes that have a config already.
OldBoots BootsOf(Session& session, const Access& access) {
  OldBoots boots;
  for (const std::string& name : access.nodes) {
    TrackedNode node(session, access, name);
    const auto boot = node.BootId();
    const std::string id = boot.ok() ? boot->value_or("") : "";
    if (!id.empty()) {
      boots[name] = id;
    }
  }
  return boots;
}

absl::Status Apply(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(const std::string config, ConfigText(session, options));
  ASSIGN_OR_RETURN(const std::chrono::seconds timeout,
                   ParseTime("wait-timeout", options.wait_timeout));
  Access access;
  OldBoots boots;
  if (options.wait) {
    ASSIGN_OR_RETURN(access, AccessAfterwards(session, flags));
    boots = flags.insecure ? OldBoots() : BootsOf(session, access);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  Reboots reboots;
  const bool ours = options.force || !options.confirm_within.empty();
  RETURN_IF_ERROR(ours ? ApplyWithOurs(session, *nodes, options, config)
                       : ApplyPlainly(session, *nodes, options, config, reboots));
  if (!options.wait || options.manner.dry_run || options.manner.mode == "staged") {
    return absl::OkStatus();
  }
  std::erase_if(boots, [&](const auto& boot) {
    return std::ranges::find(reboots, boot.first) == reboots.end();
  });
  return AwaitReady(session, access, boots, timeout);
}

std::vector<Flag> OwnFlags(const std::shared_ptr<Options>& options) {
  std::vector<Flag> own = {{.name = "file",
                            .letter = 'f',
                            .value = "FILE",
                            .help = "the config; - is standard input",
                            .target = &options->file,
                            .completes = Completes::kFile},
                           {.name = "config-patch",
                            .letter = 'p',
                            .value = "PATCH",
                            .help = "a patch applied to it before, or @FILE",
                            .target = &options->patches},
                           {.name = "wait",
                            .help = "until the node runs with it, showing each step",
                            .target = &options->wait},
                           {.name = "wait-timeout",
                            .value = "TIME",
                            .help = "how long to wait at most",
                            .target = &options->wait_timeout},
                           {.name = "confirm-within",
                            .value = "TIME",
                            .help = "the config before comes back, unless `ichorctl confirm` is "
                                    "called within this time",
                            .target = &options->confirm_within},
                           {.name = "force",
                            .help = "even if no link would keep an address and a route",
                            .target = &options->force}};
  std::vector<Flag> manner = MannerFlags(options->manner);
  own.insert(own.end(), manner.begin(), manner.end());
  return own;
}

}  // namespace

Command ApplyConfigCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "apply-config",
          .aliases = {"apply"},
          .summary = "Gives a config to nodes",
          .examples = {{.about = "the first config of a node, until it runs",
                        .line = "ichorctl apply-config -i -n 10.0.0.2 -f n1.yaml --wait"},
                       {.about = "with a way back if it cuts the network",
                        .line = "ichorctl apply-config -f n1.yaml --confirm-within 5m"}},
          .flags = WithNodeFlags(flags, Maintenance::kYes, OwnFlags(options)),
          .arguments = {{.name = "WHAT",
                         .help = "machineconfig, which is all that there is",
                         .required = false,
                         .words = {"machineconfig", "config", "mc"}}},
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Apply(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
