// What happened on this node: the newest events, for those who watch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "lib/base/clock.h"
#include "machined/events/xid.h"

namespace ichor::events {

class EventReader;

// An event as it is kept.
struct Entry {
  Xid id{};
  std::string actor_id;  // empty for what happens by itself
  std::string encoded;   // a machine.Event
};

// Confined to the loop's thread. Publishing never waits for a reader.
class EventBus {
 public:
  static constexpr size_t kDefaultCapacity = 1000;

  // `clock` must outlive the bus. The oldest of more than `capacity` events go.
  explicit EventBus(const base::Clock& clock, size_t capacity = kDefaultCapacity);
  EventBus(const EventBus&) = delete;
  EventBus& operator=(const EventBus&) = delete;

  // Adds an event with `payload`, one of machine.{ServiceState,Sequence,Phase,Task,MachineStatus,
  // Address,Restart,ConfigLoadError,ConfigValidationError}Event, and tells the readers. `actor_id`
  // says which request of a client it belongs to.
  void Publish(const google::protobuf::Message& payload, std::string_view actor_id = {});

  // A fresh identifier, greater than all before, even if the clock went back.
  Xid NewId();
  // A fresh actor_id: a UUID.
  static std::string NewActorId();

  // The history as bytes, and back; identifiers go on after the restored ones. Restore is called
  // before the first event and the first reader. InvalidArgument if the bytes are no history: the
  // bus is empty then.
  std::string Save() const;
  absl::Status Restore(std::string_view bytes);

  // For readers: events have positions, from begin() to before end().
  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return begin_ + static_cast<std::int64_t>(entries_.size()); }
  const Entry& At(std::int64_t position) const {
    return entries_[static_cast<size_t>(position - begin_)];
  }
  base::WallTime Now() const { return clock_.Now(); }

 private:
  friend class EventReader;
  void Add(Entry entry);

  const base::Clock& clock_;
  const size_t capacity_;
  std::deque<Entry> entries_;
  std::int64_t begin_ = 0;
  Xid last_id_{};
  std::vector<EventReader*> readers_;
};

// The message that `payload` travels in: its type's name behind "talos/runtime/". Without a payload
// an empty one, as clients expect it first.
std::string EncodeEvent(const Xid& id, std::string_view actor_id,
                        const google::protobuf::Message* payload);

}  // namespace ichor::events
