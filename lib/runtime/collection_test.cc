#include "lib/runtime/collection.h"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

ResourcePtr Version(std::string_view id, std::string_view text, Phase phase = Phase::kRunning) {
  Resource resource = Thing(id, text);
  resource.metadata.phase = phase;
  return std::make_shared<const Resource>(std::move(resource));
}

std::shared_ptr<const Kind> Things() {
  return std::make_shared<const Kind>(Kind{.ns = "test", .type = "Things"});
}

using Model = std::map<std::string, ResourcePtr>;

std::vector<ResourcePtr> AllOf(const Model& model) {
  std::vector<ResourcePtr> rows;
  for (const auto& [id, row] : model) {
    rows.push_back(row);
  }
  return rows;
}

std::vector<ResourcePtr> RunningOf(const Model& model) {
  std::vector<ResourcePtr> rows = AllOf(model);
  std::erase_if(rows,
                [](const ResourcePtr& row) { return row->metadata.phase == Phase::kTearingDown; });
  return rows;
}

// One random put or erase, in the collection and in the model.
void Change(std::mt19937_64& random, size_t ids, Collection& collection, Model& model) {
  const std::string id = "row-" + std::to_string(random() % ids);
  if (random() % 3 == 0 && model.contains(id)) {
    // As the store does: by the id of the row that goes.
    collection.Erase(model.at(id)->metadata.id);
    model.erase(id);
    return;
  }
  const ResourcePtr row = Version(id, std::to_string(random()),
                                  random() % 4 == 0 ? Phase::kTearingDown : Phase::kRunning);
  collection.Put(row);
  model[id] = row;
}

}  // namespace

TEST_CASE("collection: a new one is empty") {
  Collection collection(Things());
  CHECK(collection.size() == 0);
  CHECK(collection.generation() == 0);
  CHECK(collection.Find("a") == nullptr);
  CHECK(collection.List()->empty());
  CHECK(collection.Running()->empty());
}

TEST_CASE("collection: snapshots are what a sorted map says, after any changes between them") {
  const auto seed = GENERATE(range(0U, 60U));
  std::mt19937_64 random(seed);
  Collection collection(Things());
  Model model;
  const size_t ids = 1 + random() % 700;
  for (int step = 0; step < 60; ++step) {
    // From one change, which is merged in, to more than are worth merging.
    const size_t changes = random() % 5 == 0 ? random() % 500 : random() % 12;
    for (size_t i = 0; i < changes; ++i) {
      Change(random, ids, collection, model);
    }
    INFO("seed " << seed << ", step " << step);
    REQUIRE(collection.size() == model.size());
    // Sometimes nobody asks for one of the two.
    if (random() % 3 != 0) {
      REQUIRE((*collection.Running() == RunningOf(model)));
    }
    if (random() % 3 != 0) {
      REQUIRE((*collection.List() == AllOf(model)));
    }
    const std::string id = "row-" + std::to_string(random() % ids);
    REQUIRE(collection.Find(id) == (model.contains(id) ? model[id] : nullptr));
  }
}

TEST_CASE("collection: a snapshot stays as it was when the collection changes") {
  Collection collection(Things());
  collection.Put(Version("a", "1"));
  collection.Put(Version("b", "1"));
  const Snapshot before = collection.List();
  collection.Put(Version("a", "2"));
  collection.Erase("b");
  CHECK(Show(*before) == "a=1() b=1()");
  CHECK(Show(*collection.List()) == "a=2()");
}

TEST_CASE("collection: rows that did not change keep their pointer") {
  Collection collection(Things());
  for (int i = 0; i < 1000; ++i) {
    collection.Put(Version("row-" + std::to_string(i), "1"));
  }
  const Snapshot before = collection.List();
  collection.Put(Version("row-500", "2"));
  const Snapshot after = collection.List();
  size_t same = 0;
  for (size_t i = 0; i < 1000; ++i) {
    same += (*before)[i] == (*after)[i] ? 1 : 0;
  }
  CHECK(same == 999);
}

TEST_CASE("collection: while nothing changes, the snapshot and the generation stay the same") {
  Collection collection(Things());
  collection.Put(Version("a", "1"));
  collection.Put(Version("b", "1", Phase::kTearingDown));
  const Snapshot all = collection.List();
  const Snapshot running = collection.Running();
  const std::int64_t generation = collection.generation();
  CHECK(collection.List() == all);
  CHECK(collection.Running() == running);
  CHECK(collection.generation() == generation);
  collection.Put(Version("a", "1"));
  CHECK(collection.generation() != generation);
}

TEST_CASE("collection: controllers see the full snapshot itself while nothing is torn down") {
  Collection collection(Things());
  collection.Put(Version("a", "1"));
  CHECK(collection.Running() == collection.List());
}

TEST_CASE("collection: rows that are torn down are listed but not running") {
  Collection collection(Things());
  collection.Put(Version("a", "1"));
  collection.Put(Version("b", "1"));
  collection.Put(Version("a", "1", Phase::kTearingDown));
  CHECK(Show(*collection.List()) == "a=1(, tearingDown) b=1()");
  CHECK(Show(*collection.Running()) == "b=1()");
  collection.Put(Version("a", "2", Phase::kTearingDown));  // once more, as when a finalizer goes
  CHECK(Show(*collection.Running()) == "b=1()");
  collection.Put(Version("a", "3"));  // back to life
  CHECK(Show(*collection.Running()) == "a=3() b=1()");
  collection.Put(Version("a", "3", Phase::kTearingDown));
  collection.Erase("a");
  CHECK(Show(*collection.Running()) == "b=1()");
  CHECK(collection.Running() == collection.List());
}

TEST_CASE("collection: an id is any bytes, and their order is that of unsigned bytes") {
  Collection collection(Things());
  const std::string with_nul("a\0b", 3);
  collection.Put(Version("\xff", "4"));
  collection.Put(Version(with_nul, "2"));
  collection.Put(Version("", "0"));
  collection.Put(Version("a", "1"));
  collection.Put(Version("b", "3"));
  std::string order;
  for (const ResourcePtr& row : *collection.List()) {
    order += TextOf(*row);
  }
  CHECK(order == "01234");
  CHECK(collection.Find(with_nul) != nullptr);
}

TEST_CASE("collection: the log tells what was before and after each change") {
  Collection collection(Things());
  const ResourcePtr first = Version("a", "1");
  const ResourcePtr second = Version("a", "2");
  collection.Put(first);
  collection.Put(second);
  collection.Erase("a");
  const EventLog& log = collection.log();
  REQUIRE(log.next() == 3);
  CHECK(log.At(0).type == Event::Type::kCreated);
  CHECK(log.At(0).resource == first);
  CHECK(log.At(0).old == nullptr);
  CHECK(log.At(1).type == Event::Type::kUpdated);
  CHECK(log.At(1).resource == second);
  CHECK(log.At(1).old == first);
  CHECK(log.At(2).type == Event::Type::kDestroyed);
  CHECK(log.At(2).resource == second);
  CHECK(log.At(2).old == nullptr);
}

}  // namespace ichor
