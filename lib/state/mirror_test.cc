// A mirror and its peer on one loop, without threads.
#include "lib/state/mirror.h"

#include <unistd.h>

#include <format>
#include <memory>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/state/state_service.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::state {
namespace {

using base::IsOk;
using network::HostnameSpec;
using network::HostnameStatus;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::string_view kNs = "network";
constexpr std::string_view kSpecs = HostnameSpec::kType;
constexpr std::string_view kStatuses = HostnameStatus::kType;

Resource Draft(std::string_view type, std::string id, const std::string& text) {
  Resource draft;
  draft.metadata.kind =
      std::make_shared<const Kind>(Kind{.ns = std::string(kNs), .type = std::string(type)});
  draft.metadata.id = std::move(id);
  if (type == kSpecs) {
    draft.spec = SpecData::Of(std::make_unique<const HostnameSpec::Spec>(Text(text)));
  } else {
    draft.spec = SpecData::Of(std::make_unique<const HostnameStatus::Spec>(Text(text)));
  }
  return draft;
}

// The process that is followed: a store behind a socket.
struct Peer {
  Peer(Loop& loop, const base::Clock& clock, const std::string& path)
      : store(clock),
        service(loop, store, clock, {}),
        server(*rpc::Server::Create(loop, {.path = path})) {
    service.Serve(*server);
  }
  Store store;
  StateService service;
  std::unique_ptr<rpc::Server> server;
};

// The process that follows HostnameSpec and publishes HostnameStatus, which it computes from it.
struct Fixture {
  Fixture() {
    t.runtime.Reconcile(
        "copy", [](const All<HostnameSpec>& specs) -> absl::StatusOr<Desired<HostnameStatus>> {
          Desired<HostnameStatus> statuses;
          for (const auto& row : specs) {
            HostnameStatus::Spec status;
            status.set_hostname(row.spec().hostname());
            statuses.Add(row.id(), std::move(status));
          }
          return statuses;
        });
  }
  ~Fixture() { unlink(path.c_str()); }

  void StartPeer() { peer = std::make_unique<Peer>(*t.loop, t.clock, path); }

  void StartMirror() {
    mirror = std::make_unique<Mirror>(
        Mirror::Environment{
            .loop = *t.loop, .runtime = t.runtime, .store = t.store, .clock = t.clock},
        MirrorOptions{.path = path,
                      .owner = "networkd",
                      .follow = {TypeRef::Of<HostnameSpec>()},
                      .publish = {TypeRef::Of<HostnameStatus>()}});
  }

  // Turns the loop until it has nothing to do.
  void Turn() {
    for (int quiet = 0; quiet < 20; ++quiet) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
    }
  }
  void Wait(std::chrono::nanoseconds duration) {
    t.Advance(duration);
    Turn();
  }

  void PutSpec(const std::string& id, const std::string& name) {
    const ResourcePtr current = peer->store.Get(kNs, kSpecs, id);
    Resource draft = Draft(kSpecs, id, std::format("hostname: '{}'", name));
    if (current == nullptr) {
      REQUIRE_THAT(peer->store.Create(std::move(draft), "machined"), IsOk());
      return;
    }
    draft.metadata.version = current->metadata.version;
    draft.metadata.owner = "machined";
    REQUIRE_THAT(peer->store.Update(std::move(draft), "machined", std::nullopt), IsOk());
  }

  // The hostname in the peer's copy of a status; empty: there is none.
  std::string PublishedName(const std::string& id) const {
    const ResourcePtr row = peer->store.Get(kNs, kStatuses, id);
    return row == nullptr
               ? ""
               : static_cast<const HostnameStatus::Spec&>(*row->spec->message()).hostname();
  }

  std::string path = std::format("/tmp/mirror_test.{}", getpid());
  TestRuntime t;
  std::unique_ptr<Peer> peer;
  std::unique_ptr<Mirror> mirror;
};

}  // namespace

TEST_CASE(
    "mirror: follows the peer's rows, with their versions and owners, and publishes its own") {
  Fixture f;
  f.StartPeer();
  f.PutSpec("a", "one");
  f.PutSpec("a", "two");
  f.StartMirror();
  f.Turn();
  const ResourcePtr copy = f.t.store.Get(kNs, kSpecs, "a");
  REQUIRE(copy != nullptr);
  CHECK(copy->metadata.version == 2);
  CHECK(copy->metadata.owner == "machined");
  CHECK(f.PublishedName("a") == "two");
  CHECK(f.peer->store.Get(kNs, kStatuses, "a")->metadata.owner == "networkd");

  f.PutSpec("b", "three");
  f.PutSpec("a", "four");
  f.Turn();
  CHECK(f.PublishedName("a") == "four");
  CHECK(f.PublishedName("b") == "three");

  REQUIRE_THAT(f.peer->store.Destroy(kNs, kSpecs, "a", "machined"), IsOk());
  f.Turn();
  CHECK(f.t.store.Get(kNs, kSpecs, "a") == nullptr);
  CHECK(f.peer->store.Get(kNs, kStatuses, "a") == nullptr);
}

TEST_CASE("mirror: a peer that starts later is found, with growing pauses") {
  Fixture f;
  f.StartMirror();
  f.Wait(30s);
  CHECK_FALSE(f.mirror->connected());
  f.StartPeer();
  f.PutSpec("a", "one");
  f.Wait(Mirror::kLongestBackoff);
  CHECK(f.mirror->connected());
  CHECK(f.PublishedName("a") == "one");
}

TEST_CASE(
    "mirror: the peer's restart with an empty state loses nothing of what is published, and evicts "
    "what is gone") {
  Fixture f;
  f.StartPeer();
  f.PutSpec("a", "one");
  f.PutSpec("b", "two");
  f.StartMirror();
  f.Turn();
  const ResourcePtr kept = f.t.store.Get(kNs, kSpecs, "a");

  f.peer.reset();
  f.Turn();
  CHECK_FALSE(f.mirror->connected());
  CHECK(f.t.store.Get(kNs, kSpecs, "a") == kept);  // the last copy stays, and its snapshot

  f.StartPeer();
  f.PutSpec("a", "new");
  f.Wait(1s);
  CHECK(f.mirror->connected());
  CHECK(f.PublishedName("a") == "new");
  CHECK(f.t.store.Get(kNs, kSpecs, "b") == nullptr);
  CHECK(f.peer->store.Get(kNs, kStatuses, "b") == nullptr);
}

TEST_CASE("mirror: an unchanged row keeps its snapshot over a reconnect") {
  Fixture f;
  f.StartPeer();
  f.PutSpec("a", "one");
  f.StartMirror();
  f.Turn();
  const ResourcePtr before = f.t.store.Get(kNs, kSpecs, "a");
  const ResourcePtr row = f.peer->store.Get(kNs, kSpecs, "a");
  f.peer.reset();
  f.Turn();
  f.StartPeer();
  f.peer->store.Restore(*row);  // as a checkpoint does
  f.Wait(1s);
  REQUIRE(f.mirror->connected());
  CHECK(f.t.store.Get(kNs, kSpecs, "a") == before);
}

TEST_CASE(
    "mirror: its own restart takes over the rows that it published before, and empties nothing") {
  Fixture f;
  f.StartPeer();
  f.PutSpec("a", "one");
  f.PutSpec("b", "two");
  REQUIRE_THAT(f.peer->store.Create(Draft(kStatuses, "a", "hostname: 'one'"), "networkd"), IsOk());
  REQUIRE_THAT(f.peer->store.Create(Draft(kStatuses, "b", "hostname: 'old'"), "networkd"), IsOk());
  REQUIRE_THAT(f.peer->store.Create(Draft(kStatuses, "stale", "hostname: 'old'"), "networkd"),
               IsOk());
  REQUIRE_THAT(f.peer->store.Create(Draft(kStatuses, "other", "hostname: 'x'"), "somebody"),
               IsOk());
  const ResourcePtr unchanged = f.peer->store.Get(kNs, kStatuses, "a");
  const ResourcePtr updated = f.peer->store.Get(kNs, kStatuses, "b");
  f.StartMirror();
  f.Turn();
  CHECK(f.peer->store.Get(kNs, kStatuses, "a") == unchanged);
  CHECK(f.PublishedName("b") == "two");
  CHECK(f.peer->store.Get(kNs, kStatuses, "b")->metadata.created == updated->metadata.created);
  CHECK(f.peer->store.Get(kNs, kStatuses, "stale") == nullptr);
  CHECK(f.PublishedName("other") == "x");
}

TEST_CASE("mirror: a row that somebody else holds over there stops no other row") {
  Fixture f;
  f.StartPeer();
  REQUIRE_THAT(f.peer->store.Create(Draft(kStatuses, "a", "hostname: 'theirs'"), "somebody"),
               IsOk());
  f.PutSpec("a", "one");
  f.PutSpec("b", "two");
  f.StartMirror();
  f.Turn();
  CHECK(f.PublishedName("a") == "theirs");
  CHECK(f.PublishedName("b") == "two");
  CHECK(f.mirror->connected());
}

TEST_CASE(
    "mirror: a row with finalizers over there goes when they are gone, and comes back if it is "
    "wanted again") {
  Fixture f;
  f.StartPeer();
  f.PutSpec("a", "one");
  f.StartMirror();
  f.Turn();
  Resource held = *f.peer->store.Get(kNs, kStatuses, "a");
  held.metadata.finalizers = {"reader"};
  REQUIRE_THAT(f.peer->store.Update(std::move(held), "networkd", std::nullopt), IsOk());

  REQUIRE_THAT(f.peer->store.Destroy(kNs, kSpecs, "a", "machined"), IsOk());
  f.Turn();
  ResourcePtr torn = f.peer->store.Get(kNs, kStatuses, "a");
  REQUIRE(torn != nullptr);
  CHECK(torn->metadata.phase == Phase::kTearingDown);

  f.PutSpec("a", "again");
  f.Turn();
  Resource released = *f.peer->store.Get(kNs, kStatuses, "a");
  released.metadata.finalizers.clear();
  REQUIRE_THAT(f.peer->store.Update(std::move(released), "networkd", std::nullopt), IsOk());
  f.Turn();
  CHECK(f.PublishedName("a") == "again");
  CHECK(f.peer->store.Get(kNs, kStatuses, "a")->metadata.phase == Phase::kRunning);
}

}  // namespace ichor::state
