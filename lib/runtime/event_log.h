// The last events of one kind, so that a watch may fall behind a little, or come back to where it
// was.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/resource/resource.h"

namespace ichor {

struct Event {
  enum class Type : std::uint8_t { kCreated, kUpdated, kDestroyed };
  Type type = Type::kCreated;
  ResourcePtr resource;  // after the change; the last version for kDestroyed
  ResourcePtr old;       // before it, for kUpdated
};

// A ring: positions count every event of the kind, from 0; the newest kMaxEvents stay readable.
// Memory grows with the events that there were, so kinds that hardly change cost next to nothing.
class EventLog {
 public:
  static constexpr std::int64_t kMaxEvents = 1024;
  static constexpr std::int64_t kHeadroom = 4;

  // Positions before this one are gone.
  std::int64_t first() const;
  // A watch of the past may begin here at the earliest: with a little headroom, or the next events
  // would overrun it at once.
  std::int64_t oldest_start() const;
  // The position that the next event gets.
  std::int64_t next() const { return next_; }

  void Append(Event event);

  // The event at `position`, which must be in [first(), next()). Valid until the next Append.
  const Event& At(std::int64_t position) const;

 private:
  std::vector<Event> ring_;  // event i is at i modulo kMaxEvents
  std::int64_t next_ = 0;
};

}  // namespace ichor
