#include "machined/announce/service_journal.h"

#include <format>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/resource/time_proto.h"
#include "lib/resource/time_text.h"

namespace ichor {
namespace {

using services::ServiceState;
using State = ServiceState::Spec;

constexpr std::string_view kChangeable = "kubelet";  // by clients: no other is

// The word of the API for a state: "Running".
const std::string& WordOf(State::State state) {
  const auto* const value = State::State_descriptor()->FindValueByNumber(state);
  static const std::string kUnknown = "Unknown";
  return value == nullptr ? kUnknown : value->options().GetExtension(::ichor::value);
}

machine::ServiceStateEvent::Action ActionOf(State::State state) {
  switch (state) {
    case State::PREPARING:
      return machine::ServiceStateEvent::PREPARING;
    case State::WAITING:
      return machine::ServiceStateEvent::WAITING;
    case State::STARTING:
      return machine::ServiceStateEvent::STARTING;
    case State::RUNNING:
      return machine::ServiceStateEvent::RUNNING;
    case State::STOPPING:
      return machine::ServiceStateEvent::STOPPING;
    case State::FINISHED:
      return machine::ServiceStateEvent::FINISHED;
    case State::FAILED:
      return machine::ServiceStateEvent::FAILED;
    case State::SKIPPED:
      return machine::ServiceStateEvent::SKIPPED;
    default:
      return machine::ServiceStateEvent::INITIALIZED;
  }
}

}  // namespace

void ServiceJournal::OnSettled() {
  for (const auto& row : runtime_.Read<ServiceState>()) {
    const auto known = histories_.find(row.id());
    if (known == histories_.end() ||
        !google::protobuf::util::MessageDifferencer::Equals(known->second.last, row.spec())) {
      Note(row.id(), row.spec());
    }
  }
}

void ServiceJournal::Note(const std::string& id, const State& state) {
  const auto [found, is_new] = histories_.try_emplace(id);
  History& history = found->second;
  const google::protobuf::Timestamp now = ToProto(clock_.Now());
  if (is_new || history.health.healthy() != state.healthy() ||
      history.health.unknown() != state.health_unknown()) {
    *history.health.mutable_last_change() = now;
  }
  history.health.set_healthy(state.healthy());
  history.health.set_unknown(state.health_unknown());
  history.health.set_last_message(state.health_message());
  const bool moved =
      is_new || history.last.state() != state.state() || history.last.message() != state.message();
  history.last = state;
  if (state.internal()) {
    return;
  }
  if (moved) {
    machine::ServiceEvent& event = history.events.emplace_back();
    event.set_state(WordOf(state.state()));
    event.set_msg(state.message());
    *event.mutable_ts() = now;
    if (history.events.size() > kHistory) {
      history.events.pop_front();
    }
    base::Log(base::Severity::kInfo, "service {}: {}: {}", id, event.state(), event.msg());
  }
  machine::ServiceStateEvent event;
  event.set_service(id);
  event.set_action(ActionOf(state.state()));
  event.set_message(state.message());
  *event.mutable_health() = history.health;
  events_.Publish(event);
}

std::vector<machine::ServiceInfo> ServiceJournal::List() {
  std::vector<machine::ServiceInfo> services;
  for (const auto& row : runtime_.Read<ServiceState>()) {
    const auto known = histories_.find(row.id());
    if (row.spec().internal() || known == histories_.end()) {
      continue;
    }
    machine::ServiceInfo& info = services.emplace_back();
    info.set_id(row.id());
    info.set_state(WordOf(row.spec().state()));
    info.mutable_events();
    for (const machine::ServiceEvent& event : known->second.events) {
      *info.mutable_events()->add_events() = event;
    }
    *info.mutable_health() = known->second.health;
  }
  return services;
}

absl::Status ServiceJournal::Refuse(std::string_view id, std::string_view what) const {
  const auto known = histories_.find(id);
  if (known == histories_.end() || known->second.last.internal()) {
    return absl::NotFoundError(std::format("service \"{}\" not found", id));
  }
  return absl::FailedPreconditionError(
      std::format("service \"{}\" may not be {} by clients", id, what));
}

absl::StatusOr<std::string> ServiceJournal::Start(std::string_view id) {
  if (!MayChange(id)) {
    return Refuse(id, "started");
  }
  return std::format("Service \"{}\" started", id);  // it is wanted already
}

absl::StatusOr<std::string> ServiceJournal::Stop(std::string_view id) {
  return Refuse(id, "stopped");
}

// It is wanted, and so started again when it has ended.
absl::StatusOr<std::string> ServiceJournal::Restart(std::string_view id) {
  if (!MayChange(id)) {
    return Refuse(id, "restarted");
  }
  RETURN_IF_ERROR(containers_.Stop(std::string(id)));
  return std::format("Service \"{}\" restarted", id);
}

bool ServiceJournal::MayChange(std::string_view id) const {
  return id == kChangeable && histories_.contains(id);
}

}  // namespace ichor
