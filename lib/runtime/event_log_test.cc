#include "lib/runtime/event_log.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

Event Numbered(std::int64_t number) {
  return {.type = Event::Type::kCreated,
          .resource = std::make_shared<const Resource>(Thing(std::to_string(number))),
          .old = nullptr};
}

}  // namespace

TEST_CASE("event log: an empty log begins and ends at 0") {
  const EventLog log;
  CHECK(log.first() == 0);
  CHECK(log.next() == 0);
}

TEST_CASE("event log: events keep their position while the ring turns over many times") {
  EventLog log;
  for (std::int64_t i = 0; i < 3 * EventLog::kMaxEvents + 7; ++i) {
    log.Append(Numbered(i));
    REQUIRE(log.next() == i + 1);
    REQUIRE(log.first() == std::max<std::int64_t>(0, i + 1 - EventLog::kMaxEvents));
    REQUIRE(log.At(i).resource->metadata.id == std::to_string(i));
    REQUIRE(log.At(log.first()).resource->metadata.id == std::to_string(log.first()));
  }
  for (std::int64_t i = log.first(); i < log.next(); ++i) {
    REQUIRE(log.At(i).resource->metadata.id == std::to_string(i));
  }
}

TEST_CASE("event log: the event that falls out lets go of its resource") {
  EventLog log;
  Event event = Numbered(0);
  const std::weak_ptr<const Resource> watched = event.resource;
  log.Append(std::move(event));
  for (std::int64_t i = 1; i < EventLog::kMaxEvents; ++i) {
    log.Append(Numbered(i));
  }
  CHECK_FALSE(watched.expired());
  log.Append(Numbered(EventLog::kMaxEvents));
  CHECK(watched.expired());
}

}  // namespace ichor
