// A position among the events: the receiving end of `events`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "machine/machine.pb.h"
#include "machined/events/event_bus.h"

namespace ichor::events {

// Keeps no queue. Loop's thread only. Must not outlive the bus.
class EventReader {
 public:
  // What of the past `request` asks for, then what comes: the last tail_events (negative: all),
  // only those after tail_id, only those of the last tail_seconds; without any of the three nothing
  // of the past. Then only those of with_actor_id, unless it is empty. `on_ready` is called when
  // events came after Next said there are none; it must not make or delete readers, nor publish.
  // InvalidArgument if tail_id is no identifier.
  static absl::StatusOr<std::unique_ptr<EventReader>> Create(EventBus& bus,
                                                             const machine::EventsRequest& request,
                                                             std::function<void()> on_ready);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // The next events, encoded, at most `limit`; none if there are none now. Unavailable if this
  // reader was too slow and events were lost: it may come again.
  absl::StatusOr<std::vector<std::string>> Next(size_t limit);

  // For the bus: an event was added.
  void OnEvent();

 private:
  EventReader(EventBus& bus, std::int64_t position, std::string actor_id,
              std::function<void()> on_ready);
  bool Wants(std::int64_t position) const;

  EventBus& bus_;
  std::int64_t position_;
  const std::string actor_id_;
  const std::function<void()> on_ready_;
  bool idle_ = false;
};

}  // namespace ichor::events
