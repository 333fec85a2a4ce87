#include "lib/runtime/store.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

using std::chrono::seconds;

struct Fixture {
  base::FakeClock clock;
  Store store{clock};

  // Creates test/Things `id`, which must succeed, and returns it as a draft for the next write.
  Resource Created(Resource draft, std::string_view owner = "") {
    absl::StatusOr<ResourcePtr> created = store.Create(std::move(draft), owner);
    REQUIRE_THAT(created, base::IsOk());
    return **created;
  }
  absl::Status Destroy(std::string_view id, std::string_view owner = "") {
    return store.Destroy("test", "Things", id, owner);
  }
  absl::StatusOr<ResourcePtr> Teardown(std::string_view id, std::string_view owner = "") {
    return store.Teardown("test", "Things", id, owner);
  }
  ResourcePtr Get(std::string_view id) { return store.Get("test", "Things", id); }
};

base::StatusIs NotFound(std::string message) {
  return {absl::StatusCode::kNotFound, std::move(message)};
}

}  // namespace

TEST_CASE("store: what never was is absent, and lists are empty") {
  Fixture f;
  CHECK(f.Get("a") == nullptr);
  CHECK(f.store.List("test", "Things")->empty());
  CHECK(f.store.FindCollection("test", "Things") == nullptr);
  CHECK(f.store.Collections().empty());
}

TEST_CASE("store: create sets version, owner and creation time, and keeps the rest") {
  Fixture f;
  Resource draft = Thing("a", "text");
  draft.metadata.version = 7;
  draft.metadata.owner = "somebody";
  draft.metadata.created = base::WallTime(seconds(5));
  draft.metadata.updated = base::WallTime(seconds(6));
  draft.metadata.phase = Phase::kTearingDown;
  draft.metadata.finalizers = {"f", "g"};
  draft.metadata.labels = {{"l", "1"}};
  draft.metadata.annotations = {{"n", "2"}};
  const absl::StatusOr<ResourcePtr> created = f.store.Create(draft, "me");
  REQUIRE_THAT(created, base::IsOk());
  const Metadata& metadata = (*created)->metadata;
  CHECK(metadata.version == 1);
  CHECK(metadata.owner == "me");
  CHECK(metadata.created == f.clock.Now());
  CHECK(metadata.updated == base::WallTime(seconds(6)));
  CHECK(metadata.phase == Phase::kTearingDown);
  CHECK(metadata.finalizers == std::vector<std::string>{"f", "g"});
  CHECK(metadata.labels == Labels{{"l", "1"}});
  CHECK(metadata.annotations == Labels{{"n", "2"}});
  CHECK(TextOf(**created) == "text");
  CHECK(f.Get("a") == *created);
}

TEST_CASE("store: create says that a resource was updated when it was made, unless it says when") {
  Fixture f;
  f.clock.Advance(seconds(10));
  CHECK(f.Created(Thing("a")).metadata.updated == f.clock.Now());
}

TEST_CASE("store: what exists is not created again") {
  Fixture f;
  f.Created(Thing("a", "1"), "me");
  CHECK_THAT(f.store.Create(Thing("a", "2"), "me"),
             base::StatusIs(absl::StatusCode::kAlreadyExists,
                            "resource Things(test/a@undefined) already exists"));
  Resource draft = Thing("a", "2");
  draft.metadata.version = 4;
  CHECK_THAT(
      f.store.Create(draft, "you"),
      base::StatusIs(absl::StatusCode::kAlreadyExists, "resource Things(test/a@4) already exists"));
  CHECK(TextOf(*f.Get("a")) == "1");
}

TEST_CASE("store: namespace, type and id may be empty") {
  Fixture f;
  Resource draft = Thing("", "nothing");
  draft.metadata.kind = std::make_shared<const Kind>();
  REQUIRE_THAT(f.store.Create(draft, ""), base::IsOk());
  CHECK(TextOf(*f.store.Get("", "", "")) == "nothing");
  CHECK_THAT(f.store.Destroy("", "", "", ""), base::IsOk());
}

TEST_CASE("store: kinds differ by namespace and by type") {
  Fixture f;
  const auto create = [&](const std::string& ns, const std::string& type) {
    Resource draft = Thing("a", ns + type);
    draft.metadata.kind = std::make_shared<const Kind>(Kind{.ns = ns, .type = type});
    f.Created(std::move(draft));
  };
  create("n", "b");
  create("m", "b");
  create("n", "a");
  create("nb", "");
  CHECK(TextOf(*f.store.Get("n", "b", "a")) == "nb");
  CHECK(f.store.Get("", "nb", "a") == nullptr);
  f.store.CollectionOf("empty", "kind");
  std::string kinds;
  for (const Collection* collection : f.store.Collections()) {
    kinds += ToString(*collection->kind()) + " ";
  }
  CHECK(kinds == "m/b n/a n/b nb/ ");
}

TEST_CASE("store: a collection stays when its last resource goes") {
  Fixture f;
  f.Created(Thing("a"));
  Collection& collection = f.store.CollectionOf("test", "Things");
  REQUIRE_THAT(f.Destroy("a"), base::IsOk());
  CHECK(f.store.FindCollection("test", "Things") == &collection);
  CHECK(f.store.Collections().empty());
  CHECK(collection.generation() == 2);
}

TEST_CASE("store: an update counts the version up and takes everything but the creation time") {
  Fixture f;
  Resource draft = f.Created(Thing("a", "1"), "me");
  const base::WallTime created = f.clock.Now();
  f.clock.Advance(seconds(3));
  draft.metadata.created = base::WallTime(seconds(1));
  draft.metadata.updated = base::WallTime(seconds(2));
  draft.metadata.owner = "you";
  draft.metadata.phase = Phase::kTearingDown;
  draft.metadata.finalizers = {"f"};
  draft.metadata.labels = {{"l", "1"}};
  draft.spec = Thing("a", "2").spec;
  const absl::StatusOr<ResourcePtr> updated = f.store.Update(draft, "me", Phase::kRunning);
  REQUIRE_THAT(updated, base::IsOk());
  const Metadata& metadata = (*updated)->metadata;
  CHECK(metadata.version == 2);
  CHECK(metadata.created == created);
  CHECK(metadata.updated == created + seconds(3));
  CHECK(metadata.owner == "you");
  CHECK(metadata.phase == Phase::kTearingDown);
  CHECK(metadata.finalizers == std::vector<std::string>{"f"});
  CHECK(metadata.labels == Labels{{"l", "1"}});
  CHECK(TextOf(**updated) == "2");
  CHECK(f.Get("a") == *updated);
}

TEST_CASE("store: an update that changes nothing is a new version and an event all the same") {
  Fixture f;
  const Resource draft = f.Created(Thing("a"));
  const absl::StatusOr<ResourcePtr> updated = f.store.Update(draft, "", std::nullopt);
  REQUIRE_THAT(updated, base::IsOk());
  CHECK((*updated)->metadata.version == 2);
  CHECK(f.store.CollectionOf("test", "Things").generation() == 2);
}

TEST_CASE("store: an update of what is not there says so, with the version sent") {
  Fixture f;
  Resource draft = Thing("a");
  const std::string unknown = "resource Things(test/a@undefined) doesn't exist";
  CHECK_THAT(f.store.Update(draft, "", std::nullopt), NotFound(unknown));
  draft.metadata.version = 3;
  CHECK_THAT(f.store.Update(draft, "", std::nullopt),
             NotFound("resource Things(test/a@3) doesn't exist"));
  f.Created(Thing("b"));
  CHECK_THAT(f.store.Update(draft, "", std::nullopt),
             NotFound("resource Things(test/a@3) doesn't exist"));
}

TEST_CASE("store: only the current version can be updated") {
  Fixture f;
  const Resource first = f.Created(Thing("a"));
  REQUIRE_THAT(f.store.Update(first, "", std::nullopt), base::IsOk());
  CHECK_THAT(f.store.Update(first, "", std::nullopt),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "resource Things(test/a@2) update conflict: expected version \"1\", "
                            "actual version \"2\""));
  CHECK_THAT(f.store.Update(Thing("a"), "", std::nullopt),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "resource Things(test/a@2) update conflict: expected version "
                            "\"undefined\", actual version \"2\""));
}

TEST_CASE("store: only the owner updates, and no owner is an owner, too") {
  Fixture f;
  const Resource owned = f.Created(Thing("a"), "me");
  const Resource free = f.Created(Thing("b"));
  const base::StatusIs mine(absl::StatusCode::kPermissionDenied,
                            "resource Things(test/a@1) is owned by \"me\"");
  CHECK_THAT(f.store.Update(owned, "you", std::nullopt), mine);
  CHECK_THAT(f.store.Update(owned, "", std::nullopt), mine);
  CHECK_THAT(f.store.Update(free, "me", std::nullopt),
             base::StatusIs(absl::StatusCode::kPermissionDenied,
                            "resource Things(test/b@1) is owned by \"\""));
  // The draft's own words about the owner do not help.
  Resource forged = owned;
  forged.metadata.owner = "you";
  CHECK_THAT(f.store.Update(forged, "you", std::nullopt), mine);
}

TEST_CASE("store: an update expects a phase if it says so") {
  Fixture f;
  Resource draft = f.Created(Thing("a"));
  CHECK_THAT(f.store.Update(draft, "", Phase::kTearingDown),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "resource Things(test/a@1) is not in phase tearingDown"));
  draft.metadata.phase = Phase::kTearingDown;
  draft = **f.store.Update(draft, "", Phase::kRunning);
  CHECK_THAT(f.store.Update(draft, "", Phase::kRunning),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "resource Things(test/a@2) is not in phase running"));
  draft.metadata.phase = Phase::kRunning;  // back to life
  CHECK_THAT(f.store.Update(draft, "", Phase::kTearingDown), base::IsOk());
}

TEST_CASE("store: an update is refused for the owner first, then the version, then the phase") {
  Fixture f;
  f.Created(Thing("a"), "me");
  Resource draft = Thing("a");
  draft.metadata.version = 9;
  CHECK(f.store.Update(draft, "you", Phase::kTearingDown).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(f.store.Update(draft, "me", Phase::kTearingDown).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  draft.metadata.version = 1;
  CHECK(f.store.Update(draft, "me", Phase::kTearingDown).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("store: a refused write changes nothing and makes no event") {
  Fixture f;
  const Resource created = f.Created(Thing("a"), "me");
  const ResourcePtr before = f.Get("a");
  int changes = 0;
  f.store.OnChange([&](Collection&) { ++changes; });
  CHECK_FALSE(f.store.Create(Thing("a"), "me").ok());
  CHECK_FALSE(f.store.Update(created, "you", std::nullopt).ok());
  CHECK_FALSE(f.Teardown("a", "you").ok());
  CHECK_FALSE(f.Destroy("a", "you").ok());
  CHECK(f.Get("a") == before);
  CHECK(changes == 0);
  CHECK(f.store.CollectionOf("test", "Things").generation() == 1);
}

TEST_CASE("store: destroy removes a resource whatever its version and phase") {
  Fixture f;
  const Resource draft = f.Created(Thing("a"), "me");
  REQUIRE_THAT(f.store.Update(draft, "me", std::nullopt), base::IsOk());
  f.Created(Thing("b"), "me");
  REQUIRE_THAT(f.Teardown("b", "me"), base::IsOk());
  CHECK_THAT(f.Destroy("a", "me"), base::IsOk());
  CHECK_THAT(f.Destroy("b", "me"), base::IsOk());
  CHECK(f.store.List("test", "Things")->empty());
}

TEST_CASE("store: destroy looks for the resource, its owner and its finalizers") {
  Fixture f;
  CHECK_THAT(f.Destroy("a"), NotFound("resource Things(test/a@undefined) doesn't exist"));
  Resource draft = Thing("a");
  draft.metadata.finalizers = {"f", "g"};
  f.Created(draft, "me");
  CHECK_THAT(f.Destroy("a", "you"), base::StatusIs(absl::StatusCode::kPermissionDenied,
                                                   "resource Things(test/a@1) is owned by \"me\""));
  CHECK_THAT(f.Destroy("a", "me"),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "resource Things(test/a@1) has pending finalizers &[f g]"));
  CHECK(f.Get("a") != nullptr);
}

TEST_CASE("store: a resource that is made again counts from version 1") {
  Fixture f;
  const Resource draft = f.Created(Thing("a"));
  REQUIRE_THAT(f.store.Update(draft, "", std::nullopt), base::IsOk());
  REQUIRE_THAT(f.Destroy("a"), base::IsOk());
  CHECK(f.Created(Thing("a")).metadata.version == 1);
}

TEST_CASE("store: teardown changes the phase once, for the owner") {
  Fixture f;
  CHECK_THAT(f.Teardown("a"), NotFound("resource Things(test/a@undefined) doesn't exist"));
  f.Created(Thing("a", "text"), "me");
  CHECK_THAT(f.Teardown("a", "you"),
             base::StatusIs(absl::StatusCode::kPermissionDenied,
                            "resource Things(test/a@1) is owned by \"me\""));
  f.clock.Advance(seconds(1));
  const absl::StatusOr<ResourcePtr> torn_down = f.Teardown("a", "me");
  REQUIRE_THAT(torn_down, base::IsOk());
  CHECK((*torn_down)->metadata.phase == Phase::kTearingDown);
  CHECK((*torn_down)->metadata.version == 2);
  CHECK((*torn_down)->metadata.owner == "me");
  CHECK((*torn_down)->metadata.updated == f.clock.Now());
  CHECK(TextOf(**torn_down) == "text");
  // Once more: nothing to do, for whoever asks.
  CHECK(*f.Teardown("a", "you") == *torn_down);
  CHECK(f.store.CollectionOf("test", "Things").generation() == 2);
}

TEST_CASE("store: restore puts a resource in as it is") {
  Fixture f;
  Resource resource = Thing("a", "old");
  resource.metadata.version = 42;
  resource.metadata.owner = "me";
  resource.metadata.created = base::WallTime(seconds(1));
  resource.metadata.updated = base::WallTime(seconds(2));
  resource.metadata.finalizers = {"f"};
  f.store.Restore(resource);
  const ResourcePtr restored = f.Get("a");
  REQUIRE(restored != nullptr);
  CHECK(restored->metadata.version == 42);
  CHECK(restored->metadata.owner == "me");
  CHECK(restored->metadata.created == base::WallTime(seconds(1)));
  CHECK(restored->metadata.updated == base::WallTime(seconds(2)));
  CHECK(restored->metadata.finalizers == std::vector<std::string>{"f"});
  const absl::StatusOr<ResourcePtr> updated = f.store.Update(*restored, "me", std::nullopt);
  REQUIRE_THAT(updated, base::IsOk());
  CHECK((*updated)->metadata.version == 43);
  // Over a row that is there: the other side's word counts.
  f.store.Restore(resource);
  CHECK(f.Get("a")->metadata.version == 42);
}

TEST_CASE("store: the resources of a kind share the kind") {
  Fixture f;
  f.Created(Thing("a"));
  f.Created(Thing("b"));
  f.store.Restore(Thing("c"));
  CHECK(f.Get("a")->metadata.kind == f.Get("b")->metadata.kind);
  CHECK(f.Get("a")->metadata.kind == f.Get("c")->metadata.kind);
}

TEST_CASE("store: the listener hears of each write, after it happened") {
  Fixture f;
  std::string heard;
  f.store.OnChange([&](Collection& collection) {
    heard +=
        std::to_string(collection.size()) + "@" + std::to_string(collection.generation()) + " ";
  });
  const Resource draft = f.Created(Thing("a"));
  REQUIRE_THAT(f.store.Update(draft, "", std::nullopt), base::IsOk());
  REQUIRE_THAT(f.Teardown("a"), base::IsOk());
  f.store.Restore(Thing("b"));
  REQUIRE_THAT(f.Destroy("a"), base::IsOk());
  CHECK(heard == "1@1 1@2 1@3 2@4 1@5 ");
}

}  // namespace ichor
