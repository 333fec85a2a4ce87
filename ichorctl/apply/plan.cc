// `ichorctl plan` and `ichorctl confirm`: what nodes of ours can do beyond the machine API.
#include <format>
#include <ostream>

#include "absl/strings/str_split.h"
#include "google/protobuf/empty.pb.h"
#include "ichor/node_service.pb.h"
#include "ichorctl/apply/parts.h"
#include "ichorctl/files/files.h"
#include "ichorctl/nodes/nodes.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

constexpr const char* kPlan = "/ichor.v1.NodeService/Plan";
constexpr const char* kConfirm = "/ichor.v1.NodeService/Confirm";

struct Options {
  std::string file;
  std::string mode = "auto";
};

void ShowLines(std::ostream& out, std::string_view mark, const std::string& text) {
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    out << std::format("    {} {}\n", mark, std::string(line));
  }
}

void ShowChange(std::ostream& out, const v1::ResourceChange& change) {
  const std::string_view mark = change.before().empty() ? "+" : change.after().empty() ? "-" : "~";
  out << std::format("  {} {}({}/{})\n", mark, change.type(), change.namespace_(), change.id());
  ShowLines(out, "-", change.before());
  ShowLines(out, "+", change.after());
}

void ShowPlan(Session& session, const std::string& node, const v1::PlanResponse& plan) {
  std::ostream& out = session.out;
  out << std::format("NODE: {}\n", node);
  if (plan.config_changes().empty()) {
    out << "The config does not change.\n";
  } else {
    out << "Config:\n";
    for (const std::string& change : plan.config_changes()) {
      out << "  " << change << '\n';
    }
  }
  if (!plan.resource_changes().empty()) {
    out << "Resources:\n";
    for (const v1::ResourceChange& change : plan.resource_changes()) {
      ShowChange(out, change);
    }
  }
  if (plan.reboot_reasons().empty()) {
    out << "Reboot: no\n";
  }
  for (const std::string& reason : plan.reboot_reasons()) {
    out << std::format("Reboot: {}\n", reason);
  }
  if (!plan.details().empty()) {
    out << plan.details() << '\n';
  }
  for (const std::string& warning : plan.warnings()) {
    Warn(session, std::format("{}: {}", node, warning));
  }
}

absl::Status Plan(const NodeFlags& flags, const Options& options, Session& session) {
  if (options.file.empty()) {
    return absl::InvalidArgumentError("--file is missing: the config that is looked at");
  }
  v1::PlanRequest request;
  ASSIGN_OR_RETURN(*request.mutable_config(), ReadInput(session, options.file));
  request.set_mode(options.mode == "no-reboot" ? v1::NO_REBOOT
                   : options.mode == "staged"  ? v1::STAGED
                   : options.mode == "try"     ? v1::TRY
                                               : v1::AUTO);
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return AskAll<v1::PlanResponse>(*nodes, kPlan, request,
                                  [&](const std::string& node, const v1::PlanResponse& plan) {
                                    ShowPlan(session, node, plan);
                                    return absl::OkStatus();
                                  });
}

absl::Status Confirm(const NodeFlags& flags, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return AskAll<v1::ConfirmResponse>(
      *nodes, kConfirm, google::protobuf::Empty(),
      [&](const std::string& node, const v1::ConfirmResponse& reply) {
        session.out << std::format("{}: {}\n", node,
                                   reply.details().empty() ? "confirmed" : reply.details());
        return absl::OkStatus();
      });
}

}  // namespace

Command PlanCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "plan",
          .summary = "Shows what a config would change on nodes, and changes nothing",
          .flags = WithNodeFlags(flags, Maintenance::kYes,
                                 {{.name = "file",
                                   .letter = 'f',
                                   .value = "FILE",
                                   .help = "the config; - is standard input",
                                   .target = &options->file,
                                   .completes = Completes::kFile},
                                  {.name = "mode",
                                   .letter = 'm',
                                   .value = "MODE",
                                   .help = "as of apply-config",
                                   .target = &options->mode,
                                   .words = {"auto", "no-reboot", "staged", "try"}}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return Plan(*flags, *options, session);
          }};
}

Command ConfirmCommand(const SharedNodeFlags& flags) {
  return {.name = "confirm",
          .summary = "Keeps a config that was applied with --confirm-within",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .run = [flags](Session& session, const std::vector<std::string>&) {
            return Confirm(*flags, session);
          }};
}

}  // namespace ichor::ctl
