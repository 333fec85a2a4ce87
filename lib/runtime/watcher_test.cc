#include "lib/runtime/watcher.h"

#include <cstdint>
#include <format>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/store.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

constexpr size_t kAll = 1'000'000;

std::string_view NameOf(WatchEvent::Type type) {
  switch (type) {
    case WatchEvent::Type::kCreated:
      return "created";
    case WatchEvent::Type::kUpdated:
      return "updated";
    case WatchEvent::Type::kDestroyed:
      return "destroyed";
    case WatchEvent::Type::kBootstrapped:
      return "bootstrapped";
    case WatchEvent::Type::kNoop:
      return "noop";
  }
  return "?";
}

// "created a=1 @0", "updated a=1->2 @1", "bootstrapped @1", "destroyed - @-".
std::string Show(const WatchEvent& event) {
  std::string text(NameOf(event.type));
  if (event.resource != nullptr) {
    text += std::format(" {}=", event.resource->metadata.id);
    if (event.old != nullptr) {
      text += std::format("{}->", TextOf(*event.old));
    }
    text += TextOf(*event.resource);
  }
  return text + (event.position.has_value() ? std::format(" @{}", *event.position) : " @-");
}

struct Fixture {
  base::FakeClock clock;
  Store store{clock};
  Collection& things = store.CollectionOf("test", "Things");
  int wakes = 0;

  // Makes `id` be `text`, with these labels.
  void Put(std::string_view id, std::string_view text, Labels labels = {}) {
    Resource draft = Thing(id, text);
    draft.metadata.labels = std::move(labels);
    if (const ResourcePtr current = things.Find(id)) {
      draft.metadata.version = current->metadata.version;
      REQUIRE_THAT(store.Update(std::move(draft), "", std::nullopt), base::IsOk());
    } else {
      REQUIRE_THAT(store.Create(std::move(draft), ""), base::IsOk());
    }
  }
  void Destroy(std::string_view id) {
    REQUIRE_THAT(store.Destroy("test", "Things", id, ""), base::IsOk());
  }
  // `count` events that no test looks at one by one.
  void PutMany(std::string_view id, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      Put(id, std::to_string(i));
    }
  }

  absl::StatusOr<std::unique_ptr<Watcher>> TryWatch(WatchOptions options) {
    return Watcher::Create(things, std::move(options), [this] { ++wakes; });
  }
  std::unique_ptr<Watcher> Watch(WatchOptions options) {
    absl::StatusOr<std::unique_ptr<Watcher>> watcher = TryWatch(std::move(options));
    REQUIRE_THAT(watcher, base::IsOk());
    return *std::move(watcher);
  }
};

// The next events, one after the other, joined by "; ".
std::string Read(Watcher& watcher, size_t limit = kAll) {
  const absl::StatusOr<std::vector<WatchEvent>> events = watcher.Next(limit);
  REQUIRE_THAT(events, base::IsOk());
  REQUIRE(events->size() <= limit);
  std::string text;
  for (const WatchEvent& event : *events) {
    text += (text.empty() ? "" : "; ") + Show(event);
  }
  return text;
}

Query Selected() {
  return *Query::Create({{{.key = "selected"}}}, "");
}

const base::StatusIs kInvalidBookmark(absl::StatusCode::kFailedPrecondition,
                                      "invalid watch bookmark");

}  // namespace

TEST_CASE("watcher: without options a kind is watched from now on") {
  Fixture f;
  f.Put("a", "1");
  const auto watcher = f.Watch({});
  CHECK(Read(*watcher).empty());
  f.Put("a", "2");
  f.Put("b", "1");
  f.Destroy("a");
  CHECK(Read(*watcher) == "updated a=1->2 @1; created b=1 @2; destroyed a=2 @3");
  CHECK(Read(*watcher).empty());
}

TEST_CASE("watcher: a destroyed event carries the last version, unchanged") {
  Fixture f;
  f.Put("a", "1");
  const ResourcePtr last = f.things.Find("a");
  const auto watcher = f.Watch({});
  f.Destroy("a");
  const auto events = watcher->Next(kAll);
  REQUIRE_THAT(events, base::IsOk());
  REQUIRE(events->size() == 1);
  CHECK(events->front().resource == last);
}

TEST_CASE("watcher: one resource is watched from what it is now") {
  Fixture f;
  f.Put("a", "1");
  f.Put("b", "1");
  const auto watcher = f.Watch({.id = "a"});
  f.Put("b", "2");
  f.Put("a", "2");
  CHECK(Read(*watcher) == "created a=1 @-");
  CHECK(Read(*watcher) == "updated a=1->2 @3");
  f.Destroy("a");
  f.Put("a", "3");
  CHECK(Read(*watcher) == "destroyed a=2 @4; created a=3 @5");
}

TEST_CASE("watcher: one resource that is not there begins as destroyed, without a row") {
  Fixture f;
  const auto watcher = f.Watch({.id = "a"});
  CHECK(Read(*watcher) == "destroyed @-");
  f.Put("a", "1");
  CHECK(Read(*watcher) == "created a=1 @0");
}

TEST_CASE(
    "watcher: the first state of one resource is that of the beginning, however late it is read") {
  Fixture f;
  f.Put("a", "1");
  const auto watcher = f.Watch({.id = "a"});
  f.Destroy("a");
  CHECK(Read(*watcher, 1) == "created a=1 @-");
  CHECK(Read(*watcher, 1) == "destroyed a=1 @1");
}

TEST_CASE("watcher: bootstrap contents come sorted, before what happens meanwhile") {
  Fixture f;
  f.Put("b", "1");
  f.Put("a", "1");
  const auto watcher = f.Watch({.bootstrap_contents = true});
  f.Put("a", "2");
  f.Put("c", "1");
  CHECK(Read(*watcher) == "created a=1 @-; created b=1 @-; bootstrapped @1");
  CHECK(Read(*watcher) == "updated a=1->2 @2; created c=1 @3");
}

TEST_CASE("watcher: bootstrap contents hold what is being torn down, too") {
  Fixture f;
  f.Put("a", "1");
  REQUIRE_THAT(f.store.Teardown("test", "Things", "a", ""), base::IsOk());
  const auto watcher = f.Watch({.bootstrap_contents = true});
  CHECK(Read(*watcher) == "created a=1 @-; bootstrapped @1");
}

TEST_CASE("watcher: an empty kind is bootstrapped at -1") {
  Fixture f;
  const auto watcher = f.Watch({.bootstrap_contents = true});
  CHECK(Read(*watcher) == "bootstrapped @-1");
}

TEST_CASE(
    "watcher: a bootstrap bookmark is an event of its own, after the contents if there are any") {
  Fixture f;
  f.Put("a", "1");
  CHECK(Read(*f.Watch({.bootstrap_bookmark = true})) == "noop @0");
  CHECK(Read(*f.Watch({.bootstrap_contents = true, .bootstrap_bookmark = true})) ==
        "created a=1 @-; bootstrapped @0; noop @0");
}

TEST_CASE("watcher: a bootstrap read in small pieces is the same") {
  Fixture f;
  for (const char* id : {"a", "b", "c"}) {
    f.Put(id, "1", id == std::string("b") ? Labels{} : Labels{{"selected", ""}});
  }
  const auto watcher =
      f.Watch({.query = Selected(), .bootstrap_contents = true, .bootstrap_bookmark = true});
  f.Put("a", "2", {{"selected", ""}});
  CHECK(Read(*watcher, 1) == "created a=1 @-");
  CHECK(Read(*watcher, 1) == "created c=1 @-");
  CHECK(Read(*watcher, 1) == "bootstrapped @2");
  CHECK(Read(*watcher, 1) == "noop @2");
  CHECK(Read(*watcher, 1) == "updated a=1->2 @3");
  CHECK(Read(*watcher, 1).empty());
}

TEST_CASE("watcher: tail events of a kind are the last ones, whatever they are") {
  Fixture f;
  f.Put("a", "1");
  f.Put("b", "1");
  f.Put("a", "2");
  CHECK(Read(*f.Watch({.tail_events = 1})) == "updated a=1->2 @2");
  CHECK(Read(*f.Watch({.tail_events = 2})) == "created b=1 @1; updated a=1->2 @2");
  const std::string all = "created a=1 @0; created b=1 @1; updated a=1->2 @2";
  CHECK(Read(*f.Watch({.tail_events = 3})) == all);
  CHECK(Read(*f.Watch({.tail_events = 4})) == all);
  CHECK(Read(*f.Watch({.tail_events = std::numeric_limits<std::int64_t>::max()})) == all);
  CHECK(Read(*f.Watch({.tail_events = 0})).empty());
  CHECK(Read(*f.Watch({.tail_events = -1})).empty());
}

TEST_CASE("watcher: tail events of a kind are counted before they are filtered") {
  Fixture f;
  f.Put("a", "1", {{"selected", ""}});
  f.Put("b", "1");
  CHECK(Read(*f.Watch({.query = Selected(), .tail_events = 1})).empty());
  CHECK(Read(*f.Watch({.query = Selected(), .tail_events = 2})) == "created a=1 @0");
}

TEST_CASE("watcher: tail events of one resource are its own, without its present state") {
  Fixture f;
  f.Put("a", "1");
  f.Put("b", "1");
  f.Put("a", "2");
  f.Put("b", "2");
  f.Destroy("a");
  CHECK(Read(*f.Watch({.id = "a", .tail_events = 1})) == "destroyed a=2 @4");
  CHECK(Read(*f.Watch({.id = "a", .tail_events = 2})) == "updated a=1->2 @2; destroyed a=2 @4");
  CHECK(Read(*f.Watch({.id = "a", .tail_events = 9})) ==
        "created a=1 @0; updated a=1->2 @2; destroyed a=2 @4");
  CHECK(Read(*f.Watch({.id = "c", .tail_events = 9})).empty());
}

TEST_CASE("watcher: tail events reach no further back than the log") {
  Fixture f;
  f.PutMany("a", EventLog::kMaxEvents + 10);
  const auto watcher = f.Watch({.tail_events = 5000});
  CHECK(Read(*watcher, 1) ==
        "updated a=13->14 @14");  // a little less far, or it would be overrun at once
}

TEST_CASE("watcher: a watch resumes after any position it was given") {
  Fixture f;
  f.Put("a", "1");
  f.Put("a", "2");
  f.Put("a", "3");
  const auto [resume, events] = GENERATE(table<std::int64_t, std::string>({
      {-1, "created a=1 @0; updated a=1->2 @1; updated a=2->3 @2"},
      {0, "updated a=1->2 @1; updated a=2->3 @2"},
      {1, "updated a=2->3 @2"},
      {2, ""},
  }));
  CHECK(Read(*f.Watch({.resume = resume})) == events);
}

TEST_CASE("watcher: an empty kind resumes at -1, for there is no other place") {
  Fixture f;
  const auto watcher = f.Watch({.resume = -1});
  f.Put("a", "1");
  CHECK(Read(*watcher) == "created a=1 @0");
}

TEST_CASE("watcher: a watch of one resource resumes without its present state, and not at -1") {
  Fixture f;
  f.Put("a", "1");
  f.Put("b", "1");
  f.Put("a", "2");
  CHECK(Read(*f.Watch({.id = "a", .resume = 0})) == "updated a=1->2 @2");
  CHECK_THAT(f.TryWatch({.id = "a", .resume = -1}), kInvalidBookmark);
}

TEST_CASE("watcher: a position that never was is refused") {
  Fixture f;
  f.Put("a", "1");
  const std::int64_t resume =
      GENERATE(as<std::int64_t>(), 1, 2, -2, std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::int64_t>::max());
  CHECK_THAT(f.TryWatch({.resume = resume}), kInvalidBookmark);
  CHECK_THAT(f.TryWatch({.id = "a", .resume = resume}), kInvalidBookmark);
}

TEST_CASE("watcher: positions stay valid as long as the log holds what follows them") {
  Fixture f;
  f.PutMany("a", EventLog::kMaxEvents + 10);
  CHECK(f.things.log().first() == 10);
  CHECK(f.things.log().oldest_start() == 14);
  CHECK(Read(*f.Watch({.resume = 13}), 1) == "updated a=13->14 @14");
  CHECK_THAT(f.TryWatch({.resume = 12}), kInvalidBookmark);
  CHECK_THAT(f.TryWatch({.resume = -1}), kInvalidBookmark);
  CHECK(Read(*f.Watch({.id = "a", .resume = 13}), 1) == "updated a=13->14 @14");
  CHECK_THAT(f.TryWatch({.id = "a", .resume = 12}), kInvalidBookmark);
}

TEST_CASE("watcher: each event's position resumes right after it") {
  Fixture f;
  const auto watcher = f.Watch({});
  f.Put("a", "1");
  f.Put("b", "1");
  f.Destroy("a");
  const auto events = watcher->Next(kAll);
  REQUIRE_THAT(events, base::IsOk());
  REQUIRE(events->size() == 3);
  for (size_t i = 0; i < events->size(); ++i) {
    const auto rest = f.Watch({.resume = (*events)[i].position})->Next(kAll);
    REQUIRE_THAT(rest, base::IsOk());
    REQUIRE(rest->size() == 2 - i);
    CHECK((rest->empty() || rest->front().position == (*events)[i + 1].position));
  }
}

TEST_CASE("watcher: a query turns updates into creations and destructions at its edge") {
  Fixture f;
  const auto watcher = f.Watch({.query = Selected()});
  const Labels in{{"selected", ""}};
  f.Put("a", "1");
  f.Put("a", "2", in);
  f.Put("a", "3", in);
  f.Put("a", "4");
  f.Put("a", "5");
  f.Destroy("a");
  f.Put("a", "6", in);
  f.Destroy("a");
  CHECK(Read(*watcher) ==
        "created a=2 @1; updated a=2->3 @2; destroyed a=4 @3; created a=6 @6; destroyed a=6 @7");
}

TEST_CASE("watcher: an id expression selects rows of the contents and of the log") {
  Fixture f;
  f.Put("eth0", "1");
  f.Put("lo", "1");
  const auto watcher = f.Watch({.query = *Query::Create({}, "^eth"), .bootstrap_contents = true});
  f.Put("lo", "2");
  f.Put("eth1", "1");
  CHECK(Read(*watcher) == "created eth0=1 @-; bootstrapped @1");
  CHECK(Read(*watcher) == "created eth1=1 @3");
}

TEST_CASE("watcher: a reader that falls behind the log is told so, and never gets another event") {
  Fixture f;
  const auto watcher = f.Watch({});
  f.PutMany("a", EventLog::kMaxEvents);
  const auto same = f.Watch({.tail_events = EventLog::kMaxEvents});
  CHECK(Read(*watcher, 1) == "created a=0 @0");  // the last moment
  f.Put("a", "x");
  f.Put("a", "y");
  const base::StatusIs overrun(absl::StatusCode::kResourceExhausted,
                               "buffer overrun: namespace \"test\" type \"Things\", write pos "
                               "1026, pos 1, capacity 1024");
  CHECK_THAT(watcher->Next(kAll), overrun);
  CHECK_THAT(watcher->Next(kAll), overrun);
  CHECK(Read(*same, 1) == "updated a=3->4 @4");  // began with some headroom
}

TEST_CASE("watcher: contents are delivered even to a reader that then turns out to be too slow") {
  Fixture f;
  f.Put("a", "1");
  const auto watcher = f.Watch({.bootstrap_contents = true});
  f.PutMany("a", EventLog::kMaxEvents + 1);
  CHECK(Read(*watcher) == "created a=1 @-; bootstrapped @0");
  CHECK(watcher->Next(kAll).status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE(
    "watcher: a reader that waits is not behind, however many events pass that it does not want") {
  Fixture f;
  const auto of_kind = f.Watch({.query = Selected()});
  const auto of_one = f.Watch({.id = "b"});
  CHECK(Read(*of_kind).empty());
  CHECK(Read(*of_one) == "destroyed @-");
  CHECK(Read(*of_one).empty());
  f.PutMany("a", 3 * EventLog::kMaxEvents);
  CHECK(f.wakes == 0);
  f.Put("b", "1", {{"selected", ""}});
  CHECK(f.wakes == 2);
  CHECK(Read(*of_kind) == "created b=1 @3072");
  CHECK(Read(*of_one) == "created b=1 @3072");
}

TEST_CASE("watcher: the reader is woken once, by the first event after it found none") {
  Fixture f;
  const auto watcher = f.Watch({});
  f.Put("a", "1");
  CHECK(f.wakes == 0);  // it has not looked yet
  CHECK_FALSE(Read(*watcher).empty());
  f.Put("a", "2");
  CHECK(f.wakes == 0);  // it got something, so it will look again
  CHECK_FALSE(Read(*watcher).empty());
  CHECK(Read(*watcher).empty());
  f.Put("a", "3");
  CHECK(f.wakes == 1);
  f.Put("a", "4");
  CHECK(f.wakes == 1);
  CHECK(Read(*watcher, 1) == "updated a=2->3 @2");
  f.Put("a", "5");
  CHECK(f.wakes == 1);
  CHECK(Read(*watcher) == "updated a=3->4 @3; updated a=4->5 @4");
}

TEST_CASE("watcher: only events that it delivers wake the reader") {
  Fixture f;
  const Labels in{{"selected", ""}};
  f.Put("a", "1", in);
  const auto watcher = f.Watch({.query = Selected()});
  CHECK(Read(*watcher).empty());
  f.Put("b", "1");
  f.Put("b", "2");
  f.Destroy("b");
  CHECK(f.wakes == 0);
  f.Put("a", "2");  // leaves
  CHECK(f.wakes == 1);
  CHECK(Read(*watcher) == "destroyed a=2 @4");
  CHECK(Read(*watcher).empty());
}

TEST_CASE("watcher: a reader that looks at once when it is woken finds the event") {
  base::FakeClock clock;
  Store store(clock);
  Collection& things = store.CollectionOf("test", "Things");
  std::unique_ptr<Watcher> watcher;
  std::string seen;
  watcher = *Watcher::Create(things, {}, [&] { seen += Read(*watcher) + "|"; });
  CHECK(Read(*watcher).empty());
  REQUIRE_THAT(store.Create(Thing("a", "1"), ""), base::IsOk());
  CHECK(Read(*watcher).empty());
  REQUIRE_THAT(store.Create(Thing("b", "1"), ""), base::IsOk());
  CHECK(seen == "created a=1 @0|created b=1 @1|");
}

TEST_CASE("watcher: one that is gone hears nothing") {
  Fixture f;
  auto watcher = f.Watch({});
  CHECK(Read(*watcher).empty());
  CHECK(f.things.watched());
  watcher.reset();
  CHECK_FALSE(f.things.watched());
  f.Put("a", "1");
  CHECK(f.wakes == 0);
}

TEST_CASE("watcher: a refused watch leaves nothing behind") {
  Fixture f;
  CHECK_THAT(f.TryWatch({.resume = 7}), kInvalidBookmark);
  CHECK_FALSE(f.things.watched());
}

}  // namespace ichor
