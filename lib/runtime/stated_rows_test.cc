#include "lib/runtime/stated_rows.h"

#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

struct Fixture {
  base::FakeClock clock;
  Store store{clock};
  StatedRows rows{store, TestType("Things").kind};

  explicit Fixture(const std::vector<std::string>& writers = {"a"}) {
    for (const std::string& writer : writers) {
      rows.AddWriter(writer);
    }
  }
  // States without a conflict.
  void State(std::string_view owner, Rows part) {
    REQUIRE_THAT(rows.State(owner, std::move(part)), base::IsOk());
  }
  ResourcePtr Find(std::string_view id) { return rows.collection().Find(id); }
  std::string Shown() { return Show(*rows.collection().List()); }
  std::int64_t events() { return rows.collection().generation(); }

  // What a client does to a row, whoever owns it: it names the owner that the row has.
  void SetFinalizers(std::string_view id, std::vector<std::string> finalizers) {
    Resource draft = *Find(id);
    draft.metadata.finalizers = std::move(finalizers);
    const std::string owner = draft.metadata.owner;
    REQUIRE_THAT(store.Update(std::move(draft), owner, std::nullopt), base::IsOk());
  }
  void CreateForStranger(std::string_view id) {
    REQUIRE_THAT(store.Create(Thing(id, "theirs"), "stranger"), base::IsOk());
  }
  void DestroyForStranger(std::string_view id) {
    REQUIRE_THAT(store.Destroy("test", "Things", id, "stranger"), base::IsOk());
  }
};

base::StatusIs Contested(std::string message) {
  return {absl::StatusCode::kAlreadyExists, std::move(message)};
}

}  // namespace

TEST_CASE("stated rows: a type is complete once every declared writer has stated its part") {
  base::FakeClock clock;
  Store store(clock);
  StatedRows rows(store, TestType("Things").kind);
  CHECK_FALSE(rows.complete());  // nobody writes it
  rows.AddWriter("b");
  rows.AddWriter("a");
  rows.AddWriter("b");
  CHECK(rows.writers() == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(rows.complete());
  REQUIRE_THAT(rows.State("a", {}), base::IsOk());
  CHECK_FALSE(rows.complete());
  REQUIRE_THAT(rows.State("b", {}), base::IsOk());
  CHECK(rows.complete());
  rows.AddWriter("c");
  CHECK_FALSE(rows.complete());
  rows.AddWriter("a");  // declared again: its word still counts
  REQUIRE_THAT(rows.State("c", {}), base::IsOk());
  CHECK(rows.complete());
}

TEST_CASE("stated rows: rows are created, updated, and destroyed when not stated again") {
  Fixture f;
  f.State("a", {TestRow("x", "1"), TestRow("y", "1")});
  CHECK(f.Shown() == "x=1(a) y=1(a)");
  f.State("a", {TestRow("z", "1"), TestRow("x", "2")});
  CHECK(f.Shown() == "x=2(a) z=1(a)");
  CHECK(f.Find("x")->metadata.version == 2);
  f.State("a", {});
  CHECK(f.Shown().empty());
}

TEST_CASE("stated rows: rows that did not change keep their pointer and make no event") {
  Fixture f;
  DesiredRow labelled = TestRow("y", "1");
  labelled.labels = {{"l", "1"}};
  labelled.annotations = {{"n", "1"}};
  f.State("a", {TestRow("x", "1"), labelled});
  const Snapshot before = f.rows.collection().List();
  const std::int64_t events = f.events();
  f.clock.Advance(std::chrono::seconds(1));
  f.State("a", {labelled, TestRow("x", "1")});
  CHECK(f.rows.collection().List() == before);
  CHECK(f.events() == events);
  f.State("a", {labelled, TestRow("x", "2")});
  CHECK(f.events() == events + 1);
  CHECK(f.Find("y") == (*before)[1]);
}

TEST_CASE("stated rows: a change of labels or annotations alone is an update") {
  Fixture f;
  DesiredRow row = TestRow("x", "1");
  f.State("a", {row});
  row.labels = {{"l", "1"}};
  f.State("a", {row});
  CHECK(f.Find("x")->metadata.version == 2);
  CHECK(f.Find("x")->metadata.labels == Labels{{"l", "1"}});
  row.annotations = {{"n", "1"}};
  f.State("a", {row});
  CHECK(f.Find("x")->metadata.version == 3);
  CHECK(f.Find("x")->metadata.annotations == Labels{{"n", "1"}});
}

TEST_CASE("stated rows: an id stated twice is refused, and nothing changes") {
  Fixture f;
  f.State("a", {TestRow("x", "1")});
  const base::StatusIs twice(absl::StatusCode::kInvalidArgument, "row \"y\" is stated twice");
  CHECK_THAT(f.rows.State("a", {TestRow("y", "1"), TestRow("z", "1"), TestRow("y", "2")}), twice);
  CHECK(f.Shown() == "x=1(a)");
  Fixture silent;
  CHECK_THAT(silent.rows.State("a", {TestRow("y"), TestRow("y")}), twice);
  CHECK_FALSE(silent.rows.complete());
}

TEST_CASE("stated rows: each owner has a part of its own") {
  Fixture f({"a", "b"});
  f.State("b", {TestRow("x", "1"), TestRow("z", "1")});
  f.State("a", {TestRow("y", "1")});
  CHECK(f.Shown() == "x=1(b) y=1(a) z=1(b)");
  f.State("b", {TestRow("z", "2")});
  CHECK(f.Shown() == "y=1(a) z=2(b)");
  f.State("a", {});
  CHECK(f.Shown() == "z=2(b)");
}

TEST_CASE("stated rows: a contested row is the first owner's by name, whoever came first") {
  const bool first_comes_first = GENERATE(true, false);
  Fixture f({"a", "b"});
  const base::StatusIs contested = Contested("row \"x\" is stated by \"a\" and \"b\"");
  if (first_comes_first) {
    f.State("a", {TestRow("x", "of a"), TestRow("w", "1")});
    CHECK_THAT(f.rows.State("b", {TestRow("x", "of b"), TestRow("y", "1")}), contested);
  } else {
    f.State("b", {TestRow("x", "of b"), TestRow("y", "1")});
    CHECK_THAT(f.rows.State("a", {TestRow("x", "of a"), TestRow("w", "1")}), contested);
  }
  CHECK(f.Shown() == "w=1(a) x=of a(a) y=1(b)");
}

TEST_CASE("stated rows: a row that changes hands is a new resource") {
  Fixture f({"a", "b"});
  f.State("b", {TestRow("x", "of b")});
  f.State("b", {TestRow("x", "of b again")});
  CHECK(f.Find("x")->metadata.version == 2);
  CHECK_FALSE(f.rows.State("a", {TestRow("x", "of a")}).ok());
  CHECK(f.Find("x")->metadata.version == 1);
  const EventLog& log = f.rows.collection().log();
  CHECK(log.At(log.next() - 2).type == Event::Type::kDestroyed);
  CHECK(log.At(log.next() - 1).type == Event::Type::kCreated);
}

TEST_CASE("stated rows: when the winner withdraws, the next owner gets the row") {
  Fixture f({"a", "b", "c"});
  f.State("c", {TestRow("x", "of c")});
  CHECK_THAT(f.rows.State("a", {TestRow("x", "of a")}),
             Contested("row \"x\" is stated by \"a\" and \"c\""));
  CHECK_THAT(f.rows.State("b", {TestRow("x", "of b")}),
             Contested("row \"x\" is stated by \"a\" and \"b\""));
  CHECK(f.Shown() == "x=of a(a)");
  f.State("a", {});
  CHECK(f.Shown() == "x=of b(b)");
  f.State("b", {});
  CHECK(f.Shown() == "x=of c(c)");
  f.State("c", {});
  CHECK(f.Shown().empty());
}

TEST_CASE("stated rows: a speaker hears of its own conflicts only") {
  Fixture f({"a", "b", "c"});
  f.State("a", {TestRow("x", "of a")});
  CHECK_FALSE(f.rows.State("b", {TestRow("x", "of b")}).ok());
  CHECK_THAT(f.rows.State("c", {TestRow("y", "of c")}), base::IsOk());
  CHECK_THAT(f.rows.State("c", {TestRow("x", "of c")}),
             Contested("row \"x\" is stated by \"a\" and \"c\""));
}

TEST_CASE("stated rows: of several conflicts the first by id is told") {
  Fixture f({"a", "b"});
  f.State("a", {TestRow("y"), TestRow("x"), TestRow("z")});
  CHECK_THAT(f.rows.State("b", {TestRow("z"), TestRow("y")}),
             Contested("row \"y\" is stated by \"a\" and \"b\""));
}

TEST_CASE("stated rows: rows of strangers are left alone") {
  Fixture f;
  f.CreateForStranger("s");
  const ResourcePtr theirs = f.Find("s");
  f.State("a", {TestRow("x", "1")});
  f.State("a", {});
  CHECK(f.Find("s") == theirs);
  CHECK_THAT(f.rows.State("a", {TestRow("s", "1"), TestRow("x", "1")}),
             Contested("row \"s\" is held by \"stranger\""));
  CHECK(f.Find("s") == theirs);
  CHECK(f.Shown() == "s=theirs(stranger) x=1(a)");
}

TEST_CASE("stated rows: a stranger's row is taken over when the stranger lets go") {
  Fixture f;
  f.CreateForStranger("s");
  CHECK_FALSE(f.rows.State("a", {TestRow("s", "1")}).ok());
  f.rows.Retry();
  CHECK(f.Shown() == "s=theirs(stranger)");
  f.DestroyForStranger("s");
  f.rows.Retry();
  CHECK(f.Shown() == "s=1(a)");
  const std::int64_t events = f.events();
  f.rows.Retry();
  CHECK(f.events() == events);
}

TEST_CASE("stated rows: a row without an owner is a stranger's, too") {
  Fixture f;
  REQUIRE_THAT(f.store.Create(Thing("s", "nobody's"), ""), base::IsOk());
  f.State("a", {});
  CHECK(f.Shown() == "s=nobody's()");
}

TEST_CASE("stated rows: a row with finalizers is torn down, and destroyed once it is released") {
  Fixture f;
  f.State("a", {TestRow("x", "1"), TestRow("y", "1")});
  f.SetFinalizers("x", {"f", "g"});
  f.State("a", {});
  CHECK(f.Shown() == "x=1(a, tearingDown)");
  const std::int64_t events = f.events();
  f.rows.Retry();
  f.State("a", {});
  CHECK(f.events() == events);  // torn down once
  f.SetFinalizers("x", {"g"});
  f.rows.Retry();
  CHECK(f.Shown() == "x=1(a, tearingDown)");
  f.SetFinalizers("x", {});
  f.rows.Retry();
  CHECK(f.Shown().empty());
}

TEST_CASE("stated rows: an update leaves finalizers alone") {
  Fixture f;
  f.State("a", {TestRow("x", "1")});
  f.SetFinalizers("x", {"f"});
  f.State("a", {TestRow("x", "2")});
  CHECK(f.Shown() == "x=2(a)");
  CHECK(f.Find("x")->metadata.finalizers == std::vector<std::string>{"f"});
}

TEST_CASE("stated rows: a row restated while it is torn down comes back as a new resource") {
  Fixture f;
  f.State("a", {TestRow("x", "1")});
  f.SetFinalizers("x", {"f"});
  f.State("a", {});
  f.State("a", {TestRow("x", "2")});
  f.rows.Retry();
  CHECK(f.Shown() == "x=1(a, tearingDown)");
  f.SetFinalizers("x", {});
  f.rows.Retry();
  CHECK(f.Shown() == "x=2(a)");
  CHECK(f.Find("x")->metadata.version == 1);
}

TEST_CASE("stated rows: a row with finalizers changes hands when it is released") {
  Fixture f({"a", "b"});
  f.State("b", {TestRow("x", "of b")});
  f.SetFinalizers("x", {"f"});
  CHECK_FALSE(f.rows.State("a", {TestRow("x", "of a")}).ok());
  CHECK(f.Shown() == "x=of b(b, tearingDown)");
  f.SetFinalizers("x", {});
  f.rows.Retry();
  CHECK(f.Shown() == "x=of a(a)");
}

TEST_CASE("stated rows: a row handed over and back before it is released is its first owner's") {
  Fixture f({"a", "b"});
  f.State("b", {TestRow("x", "of b")});
  f.SetFinalizers("x", {"f"});
  CHECK_FALSE(f.rows.State("a", {TestRow("x", "of a")}).ok());
  f.State("a", {});
  f.SetFinalizers("x", {});
  f.rows.Retry();
  CHECK(f.Shown() == "x=of b(b)");
}

TEST_CASE("stated rows: what a checkpoint brought back stays until its writer has spoken") {
  Fixture f({"a", "b"});
  Resource restored = Thing("x", "restored");
  restored.metadata.owner = "b";
  restored.metadata.version = 7;
  f.store.Restore(restored);
  restored.metadata.id = "y";
  f.store.Restore(restored);
  f.State("a", {TestRow("w", "1")});
  CHECK(f.Shown() == "w=1(a) x=restored(b) y=restored(b)");
  const ResourcePtr x = f.Find("x");
  f.State("b", {TestRow("x", "restored")});
  CHECK(f.Shown() == "w=1(a) x=restored(b)");
  CHECK(f.Find("x") == x);  // as it was: the same version
}

TEST_CASE("stated rows: a restored row of a silent writer is contested as any other") {
  Fixture f({"a", "b"});
  Resource restored = Thing("x", "restored");
  restored.metadata.owner = "b";
  f.store.Restore(restored);
  CHECK_THAT(f.rows.State("a", {TestRow("x", "of a")}), Contested("row \"x\" is held by \"b\""));
  CHECK(f.Shown() == "x=restored(b)");
  f.State("b", {});
  CHECK(f.Shown() == "x=of a(a)");
}

TEST_CASE("stated rows: a restored row that was being torn down goes when its writer has spoken") {
  Fixture f;
  Resource restored = Thing("x", "restored");
  restored.metadata.owner = "a";
  restored.metadata.version = 3;
  restored.metadata.phase = Phase::kTearingDown;
  f.store.Restore(restored);
  f.rows.Retry();
  CHECK(f.Shown() == "x=restored(a, tearingDown)");
  f.State("a", {});
  CHECK(f.Shown().empty());
}

TEST_CASE("stated rows: a row that somebody else destroyed is made again when it is stated") {
  Fixture f;
  f.State("a", {TestRow("x", "1")});
  REQUIRE_THAT(f.store.Destroy("test", "Things", "x", "a"), base::IsOk());
  f.State("a", {TestRow("x", "1")});
  CHECK(f.Shown() == "x=1(a)");
}

TEST_CASE("stated rows: a row that somebody else tore down is made again when it is stated") {
  Fixture f;
  f.State("a", {TestRow("x", "1")});
  REQUIRE_THAT(f.store.Teardown("test", "Things", "x", "a"), base::IsOk());
  f.State("a", {TestRow("x", "1")});
  CHECK(f.Shown() == "x=1(a)");
  CHECK(f.Find("x")->metadata.version == 1);
}

TEST_CASE(
    "stated rows: the end does not depend on the order of statements, strangers, finalizers") {
  const auto seed = GENERATE(range(0U, 300U));
  std::mt19937_64 random(seed);
  const std::vector<std::string> owners{"a", "b", "c"};
  Fixture f(owners);
  std::map<std::string, Rows> parts;
  const auto random_id = [&] { return std::string(1, static_cast<char>('p' + random() % 5)); };
  for (int step = 0; step < 60; ++step) {
    const std::string id = random_id();
    const ResourcePtr row = f.Find(id);
    const auto what = random() % 5;
    if (what < 2) {
      const std::string& owner = owners[random() % owners.size()];
      std::map<std::string, DesiredRow> part;
      for (auto i = random() % 4; i > 0; --i) {
        const std::string stated = random_id();
        part.insert({stated, TestRow(stated, owner + std::to_string(random() % 3))});
      }
      parts[owner].clear();
      for (const auto& [stated, desired] : part) {
        parts[owner].push_back(desired);
      }
      const absl::Status status = f.rows.State(owner, parts[owner]);
      CHECK((status.ok() || status.code() == absl::StatusCode::kAlreadyExists));
    } else if (what == 2 && row != nullptr) {
      f.SetFinalizers(id, row->metadata.finalizers.empty() ? std::vector<std::string>{"f"}
                                                           : std::vector<std::string>{});
    } else if (what == 3 && row == nullptr) {
      f.CreateForStranger(id);
    } else if (what == 4) {
      f.rows.Retry();
    }
  }
  for (const ResourcePtr& row : *f.rows.collection().List()) {
    f.SetFinalizers(row->metadata.id, {});
    if (row->metadata.owner == "stranger") {
      f.DestroyForStranger(row->metadata.id);
    }
  }
  f.rows.Retry();
  std::map<std::string, std::string> expected;
  for (const auto& [owner, part] : parts) {
    for (const DesiredRow& row : part) {
      expected.insert({row.id, row.id + "=" + row.spec->proto() + "(" + owner + ")"});
    }
  }
  std::string text;
  for (const auto& [id, row] : expected) {
    text += (text.empty() ? "" : " ") + row;
  }
  INFO("seed " << seed);
  CHECK(f.Shown() == text);
}

}  // namespace ichor
