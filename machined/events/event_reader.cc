#include "machined/events/event_reader.h"

#include <algorithm>
#include <format>
#include <optional>
#include <utility>

#include "lib/base/status.h"

namespace ichor::events {
namespace {

// The first position whose event `is_past` does not hold for; events are sorted.
template <class F>
std::int64_t FirstAfter(const EventBus& bus, const F& is_past) {
  std::int64_t position = bus.begin();
  while (position < bus.end() && is_past(bus.At(position))) {
    ++position;
  }
  return position;
}

absl::StatusOr<std::int64_t> StartOf(const EventBus& bus, const machine::EventsRequest& request) {
  if (request.tail_events() == 0 && request.tail_id().empty() && request.tail_seconds() == 0) {
    return bus.end();
  }
  std::int64_t start = bus.begin();
  if (request.tail_events() > 0) {
    start = std::max(start, bus.end() - request.tail_events());
  }
  if (!request.tail_id().empty()) {
    const std::optional<Xid> after = ParseXid(request.tail_id());
    if (!after.has_value()) {
      return absl::InvalidArgumentError(
          std::format("tail_id \"{}\": expected an event's id of 20 characters",
                      request.tail_id().substr(0, 64)));
    }
    start = std::max(start, FirstAfter(bus, [&](const Entry& e) { return e.id <= *after; }));
  }
  if (request.tail_seconds() > 0) {
    const auto since = std::chrono::floor<std::chrono::seconds>(bus.Now()).time_since_epoch() -
                       std::chrono::seconds(request.tail_seconds());
    start = std::max(start, FirstAfter(bus, [&](const Entry& e) {
                       return std::chrono::seconds(SecondsOf(e.id)) < since;
                     }));
  }
  return start;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventReader>> EventReader::Create(
    EventBus& bus, const machine::EventsRequest& request, std::function<void()> on_ready) {
  ASSIGN_OR_RETURN(const std::int64_t start, StartOf(bus, request));
  return std::unique_ptr<EventReader>(
      new EventReader(bus, start, request.with_actor_id(), std::move(on_ready)));
}

EventReader::EventReader(EventBus& bus, std::int64_t position, std::string actor_id,
                         std::function<void()> on_ready)
    : bus_(bus),
      position_(position),
      actor_id_(std::move(actor_id)),
      on_ready_(std::move(on_ready)) {
  bus_.readers_.push_back(this);
}

EventReader::~EventReader() {
  std::erase(bus_.readers_, this);
}

absl::StatusOr<std::vector<std::string>> EventReader::Next(size_t limit) {
  if (position_ < bus_.begin()) {
    return absl::UnavailableError(
        std::format("{} events were lost: the reader was too slow", bus_.begin() - position_));
  }
  std::vector<std::string> events;
  for (; position_ < bus_.end() && events.size() < limit; ++position_) {
    if (Wants(position_)) {
      events.push_back(bus_.At(position_).encoded);
    }
  }
  idle_ = events.empty();
  return events;
}

void EventReader::OnEvent() {
  if (idle_ && Wants(bus_.end() - 1)) {
    idle_ = false;
    on_ready_();
  } else if (idle_) {
    position_ = bus_.end();  // of no interest: it need not be there when this is woken
  }
}

bool EventReader::Wants(std::int64_t position) const {
  return actor_id_.empty() || bus_.At(position).actor_id == actor_id_;
}

}  // namespace ichor::events
