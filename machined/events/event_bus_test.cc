#include "machined/events/event_bus.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "machined/events/event_reader.h"

namespace ichor::events {
namespace {

using base::IsOk;
using base::StatusIs;

machine::PhaseEvent Phase(std::string name) {
  machine::PhaseEvent event;
  event.set_phase(std::move(name));
  return event;
}

machine::EventsRequest Tail(int events) {
  machine::EventsRequest request;
  request.set_tail_events(events);
  return request;
}

struct Fixture {
  std::unique_ptr<EventReader> Read(const machine::EventsRequest& request) {
    auto reader = EventReader::Create(bus, request, [this] { ++woken; });
    REQUIRE(reader.ok());
    return *std::move(reader);
  }

  // Names of the phases that the next events are about.
  static std::vector<std::string> Phases(EventReader& reader) {
    const auto encoded = reader.Next(100);
    REQUIRE(encoded.ok());
    std::vector<std::string> phases;
    for (const std::string& bytes : *encoded) {
      machine::Event event;
      machine::PhaseEvent phase;
      REQUIRE(event.ParseFromString(bytes));
      CHECK(event.data().type_url() == "talos/runtime/machine.PhaseEvent");
      REQUIRE(phase.ParseFromString(event.data().value()));
      last_id = event.id();
      phases.push_back(phase.phase());
    }
    return phases;
  }

  static inline std::string last_id;
  base::FakeClock clock;
  EventBus bus{clock, 4};
  int woken = 0;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("events: a tail is the last events, all, or none; then come the new ones") {
  Fixture f;
  f.bus.Publish(Phase("a"));
  f.bus.Publish(Phase("b"));
  const auto none = f.Read(Tail(0));
  CHECK(Fixture::Phases(*none).empty());
  CHECK(Fixture::Phases(*f.Read(Tail(1))) == Names{"b"});
  CHECK(Fixture::Phases(*f.Read(Tail(99))) == Names{"a", "b"});
  CHECK(Fixture::Phases(*f.Read(Tail(-1))) == Names{"a", "b"});
  f.bus.Publish(Phase("c"));
  f.bus.Publish(Phase("d"));
  CHECK(f.woken == 1);
  CHECK(Fixture::Phases(*none) == Names{"c", "d"});
}

TEST_CASE("events: a tail may begin after an id or so many seconds ago") {
  Fixture f;
  f.bus.Publish(Phase("a"));
  f.clock.Advance(std::chrono::seconds(10));
  f.bus.Publish(Phase("b"));
  Fixture::Phases(*f.Read(Tail(1)));
  f.bus.Publish(Phase("c"));
  machine::EventsRequest after;
  after.set_tail_id(Fixture::last_id);
  CHECK(Fixture::Phases(*f.Read(after)) == Names{"c"});
  machine::EventsRequest recent;
  recent.set_tail_seconds(5);
  CHECK(Fixture::Phases(*f.Read(recent)) == Names{"b", "c"});
  machine::EventsRequest bad;
  bad.set_tail_id("x");
  CHECK_THAT(EventReader::Create(f.bus, bad, [] {}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "tail_id \"x\": expected an event's id of 20 characters"));
}

TEST_CASE("events: one actor's events alone, if asked for") {
  Fixture f;
  machine::EventsRequest request = Tail(-1);
  request.set_with_actor_id("me");
  f.bus.Publish(Phase("a"), "me");
  f.bus.Publish(Phase("b"));
  const auto reader = f.Read(request);
  CHECK(Fixture::Phases(*reader) == Names{"a"});
  CHECK(Fixture::Phases(*reader).empty());
  for (int i = 0; i < 10; ++i) {
    f.bus.Publish(Phase("other"), "you");  // does not make this reader a slow one
  }
  CHECK(f.woken == 0);
  f.bus.Publish(Phase("c"), "me");
  CHECK(f.woken == 1);
  CHECK(Fixture::Phases(*reader) == Names{"c"});
}

TEST_CASE("events: a reader that is too slow is told") {
  Fixture f;
  const auto reader = f.Read(Tail(0));
  for (int i = 0; i < 6; ++i) {
    f.bus.Publish(Phase("x"));
  }
  CHECK_THAT(reader->Next(10), StatusIs(absl::StatusCode::kUnavailable,
                                        "2 events were lost: the reader was too slow"));
}

TEST_CASE("events: the history survives, and later ids are greater even if the clock is not") {
  Fixture f;
  f.clock.Advance(std::chrono::hours(1));
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    f.bus.Publish(Phase(name), "me");
  }
  Fixture::Phases(*f.Read(Tail(1)));
  const std::string last = Fixture::last_id;
  const std::string saved = f.bus.Save();
  Fixture g;
  REQUIRE_THAT(g.bus.Restore(saved), IsOk());
  g.bus.Publish(Phase("f"));
  CHECK(Fixture::Phases(*g.Read(Tail(-1))) == Names{"c", "d", "e", "f"});
  CHECK(Fixture::last_id > last);
  CHECK(EventBus(f.clock).Restore("").ok());
  CHECK_THAT(EventBus(f.clock).Restore(saved.substr(1)),
             StatusIs(absl::StatusCode::kInvalidArgument, "event history: torn or no history"));
  CHECK_THAT(EventBus(f.clock).Restore(saved + saved),
             StatusIs(absl::StatusCode::kInvalidArgument, "event history: strange ids"));
}

TEST_CASE("events: the first reply is an event without a type") {
  machine::Event event;
  REQUIRE(event.ParseFromString(EncodeEvent(Xid{}, "", nullptr)));
  CHECK(event.id() == "00000000000000000000");
  CHECK(event.has_data());
  CHECK(event.data().type_url().empty());
}

}  // namespace ichor::events
