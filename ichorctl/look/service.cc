// `ichorctl service`: lists services, shows one, starts and stops it.
#include <algorithm>
#include <format>
#include <ostream>

#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;

std::string HealthOf(const machine::ServiceInfo& service) {
  if (service.health().unknown()) {
    return "?";
  }
  return service.health().healthy() ? "OK" : "Fail";
}

std::string Age(const machine::ServiceEvent& event, base::WallTime now) {
  return Rounded(now - ToWallTime(event.ts())) + " ago";
}

void AddRows(const std::string& node, const machine::ServiceList& list, base::WallTime now,
             Table& table) {
  for (const machine::ServiceInfo& service : list.services()) {
    const auto& events = service.events().events();
    const bool none = events.empty();
    table.rows.push_back({node, service.id(), service.state(), HealthOf(service),
                          none ? "" : Age(*events.rbegin(), now),
                          none ? "" : Visible(events.rbegin()->msg())});
  }
}

absl::Status ListServices(const NodeFlags& flags, Session& session) {
  const base::WallTime now = session.clock.Now();
  return ShowMessages<machine::ServiceListResponse>(
      session, flags, MachineMethod("ServiceList"), google::protobuf::Empty(),
      {.columns = {"NODE", "SERVICE", "STATE", "HEALTH", "LAST CHANGE", "LAST EVENT"}},
      [now](const std::string& node, const machine::ServiceList& list, Table& table) {
        AddRows(node, list, now, table);
      });
}

void ShowOne(const std::string& node, const machine::ServiceInfo& service, base::WallTime now,
             std::ostream& out) {
  Table table{
      .columns = {"NODE", node},
      .rows = {{"ID", service.id()}, {"STATE", service.state()}, {"HEALTH", HealthOf(service)}}};
  if (!service.health().last_message().empty()) {
    table.rows.push_back({"LAST HEALTH MESSAGE", Visible(service.health().last_message())});
  }
  std::string label = "EVENTS";
  const auto& events = service.events().events();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    table.rows.push_back({label, std::format("[{}]: {} ({})", event->state(), Visible(event->msg()),
                                             Age(*event, now))});
    label.clear();
  }
  out << ToText(table);
}

// Null if there is none.
const machine::ServiceInfo* FindService(const machine::ServiceList& list, const std::string& id) {
  const auto found = std::ranges::find(list.services(), id, &machine::ServiceInfo::id);
  return found == list.services().end() ? nullptr : &*found;
}

absl::Status ShowService(const NodeFlags& flags, const std::string& id, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  bool found = false;
  RETURN_IF_ERROR(AskForMessages<machine::ServiceListResponse>(
      *nodes, MachineMethod("ServiceList"), google::protobuf::Empty(),
      [&](const std::string& node, const machine::ServiceList& list) {
        if (const machine::ServiceInfo* const service = FindService(list, id)) {
          ShowOne(node, *service, session.clock.Now(), session.out);
          found = true;
        }
      }));
  return found
             ? absl::OkStatus()
             : absl::NotFoundError(std::format("service \"{}\" is not registered on any node", id));
}

template <class Request, class Reply>
absl::Status Change(const NodeFlags& flags, std::string_view method, const std::string& id,
                    Session& session) {
  Request request;
  request.set_id(id);
  return ShowMessages<Reply>(session, flags, MachineMethod(method), request,
                             {.columns = {"NODE", "RESPONSE"}},
                             [](const std::string& node, const auto& message, Table& table) {
                               table.rows.push_back({node, Visible(message.resp())});
                             });
}

absl::Status Run(const NodeFlags& flags, const Arguments& arguments, Session& session) {
  if (arguments.empty()) {
    return ListServices(flags, session);
  }
  const std::string& id = arguments.front();
  const std::string action = arguments.size() > 1 ? arguments[1] : "status";
  if (action == "start") {
    return Change<machine::ServiceStartRequest, machine::ServiceStartResponse>(
        flags, "ServiceStart", id, session);
  }
  if (action == "stop") {
    return Change<machine::ServiceStopRequest, machine::ServiceStopResponse>(flags, "ServiceStop",
                                                                             id, session);
  }
  if (action == "restart") {
    return Change<machine::ServiceRestartRequest, machine::ServiceRestartResponse>(
        flags, "ServiceRestart", id, session);
  }
  if (action == "status") {
    return ShowService(flags, id, session);
  }
  return absl::InvalidArgumentError(std::format(
      "unsupported service action: \"{}\" is none of start, stop, restart, status", action));
}

}  // namespace

Command ServiceCommand(const SharedNodeFlags& flags) {
  return {.name = "service",
          .aliases = {"services"},
          .summary = "Lists services, shows one, starts, stops and restarts it",
          .flags = WithNodeFlags(flags, Maintenance::kYes),
          .arguments = {{.name = "SERVICE",
                         .help = "its name: what happened to it is shown",
                         .required = false},
                        {.name = "ACTION",
                         .help = "what shall be done with it",
                         .required = false,
                         .words = {"start", "stop", "restart", "status"}}},
          .run = [flags](Session& session, const Arguments& arguments) {
            return Run(*flags, arguments, session);
          }};
}

}  // namespace ichor::ctl
