#include "ichorctl/look/event_text.h"

#include <format>
#include <vector>

#include "absl/strings/str_join.h"

namespace ichor::ctl {
namespace {

using Pair = std::pair<std::string, std::string>;  // source and message

Pair Parts(const machine::SequenceEvent& event) {
  return {event.sequence(), event.has_error()
                                ? "error: " + event.error().message()
                                : machine::SequenceEvent::Action_Name(event.action())};
}

Pair Parts(const machine::PhaseEvent& event) {
  return {event.phase(), machine::PhaseEvent::Action_Name(event.action())};
}

Pair Parts(const machine::TaskEvent& event) {
  return {event.task(), machine::TaskEvent::Action_Name(event.action())};
}

Pair Parts(const machine::ServiceStateEvent& event) {
  return {event.service(),
          std::format("{}: {}", machine::ServiceStateEvent::Action_Name(event.action()),
                      event.message())};
}

Pair Parts(const machine::ConfigLoadErrorEvent& event) {
  return {"", event.error()};
}

Pair Parts(const machine::ConfigValidationErrorEvent& event) {
  return {"", event.error()};
}

Pair Parts(const machine::AddressEvent& event) {
  return {event.hostname(), "ADDRESSES: " + absl::StrJoin(event.addresses(), ",")};
}

Pair Parts(const machine::MachineStatusEvent& event) {
  std::vector<std::string> unmet;
  for (const auto& condition : event.status().unmet_conditions()) {
    unmet.push_back(condition.name());
  }
  return {machine::MachineStatusEvent::MachineStage_Name(event.stage()),
          std::format("ready: {}, unmet conditions: [{}]", event.status().ready(),
                      absl::StrJoin(unmet, " "))};
}

// The text of the event if it is a `Message`.
template <class Message>
std::optional<EventText> As(const google::protobuf::Any& data) {
  const std::string& name = Message::descriptor()->full_name();
  Message message;
  if (data.type_url() != "talos/runtime/" + name || !message.ParseFromString(data.value())) {
    return std::nullopt;
  }
  auto [source, text] = Parts(message);
  return EventText{.type = name, .source = std::move(source), .message = std::move(text)};
}

template <class... Messages>
std::optional<EventText> FirstOf(const google::protobuf::Any& data) {
  std::optional<EventText> found;
  ((found = found ? found : As<Messages>(data)), ...);
  return found;
}

}  // namespace

std::optional<EventText> TextOf(const machine::Event& event) {
  return FirstOf<machine::SequenceEvent, machine::PhaseEvent, machine::TaskEvent,
                 machine::ServiceStateEvent, machine::ConfigLoadErrorEvent,
                 machine::ConfigValidationErrorEvent, machine::AddressEvent,
                 machine::MachineStatusEvent>(event.data());
}

}  // namespace ichor::ctl
