// `ichorctl events`
#include <chrono>
#include <format>
#include <ostream>

#include "absl/time/time.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/event_text.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

struct Options {
  std::string actor;
  std::string since;
  std::string duration;
  int tail = 0;
};

absl::StatusOr<machine::EventsRequest> RequestOf(const Options& options) {
  machine::EventsRequest request;
  request.set_with_actor_id(options.actor);
  request.set_tail_id(options.since);
  request.set_tail_events(options.tail);
  if (!options.duration.empty()) {
    absl::Duration duration;
    if (!absl::ParseDuration(options.duration, &duration) || duration <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          std::format("--duration: \"{}\" is no length of time like 90s or 1h", options.duration));
    }
    request.set_tail_seconds(static_cast<std::int32_t>(absl::ToInt64Seconds(duration)));
  }
  return request;
}

// Events come one by one, perhaps for hours: columns have widths that fit most.
void ShowRow(std::ostream& out, const std::string& node, const std::string& id,
             const EventText& text, const std::string& actor) {
  out << std::format("{:<15} {:<22} {:<32} {:<36} {:<24} {}\n", node, id, text.type, actor,
                     Visible(text.source), Visible(text.message))
      << std::flush;
}

absl::Status ShowEvents(const NodeFlags& flags, const Options& options, Session& session) {
  ASSIGN_OR_RETURN(const machine::EventsRequest request, RequestOf(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  ShowRow(session.out, "NODE", "ID", {.type = "EVENT", .source = "SOURCE", .message = "MESSAGE"},
          "ACTOR");
  return AskAll<machine::Event>(*nodes, MachineMethod("Events"), request,
                                [&](const std::string& node, const machine::Event& event) {
                                  if (const auto text = TextOf(event)) {
                                    ShowRow(session.out, node, event.id(), *text, event.actor_id());
                                  }
                                  return absl::OkStatus();
                                });
}

}  // namespace

Command EventsCommand(const SharedNodeFlags& flags) {
  const auto options = std::make_shared<Options>();
  return {.name = "events",
          .summary = "Shows events as they happen",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "actor-id",
                                   .value = "ID",
                                   .help = "those of this call only",
                                   .target = &options->actor},
                                  {.name = "duration",
                                   .value = "TIME",
                                   .help = "and those of the past: 1h",
                                   .target = &options->duration},
                                  {.name = "since",
                                   .value = "ID",
                                   .help = "and those after this one",
                                   .target = &options->since},
                                  {.name = "tail",
                                   .value = "COUNT",
                                   .help = "and the last ones; -1: all that the node still has",
                                   .target = &options->tail}}),
          .run = [flags, options](Session& session, const std::vector<std::string>&) {
            return ShowEvents(*flags, *options, session);
          }};
}

}  // namespace ichor::ctl
