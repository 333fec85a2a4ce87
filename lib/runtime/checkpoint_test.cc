#include "lib/runtime/checkpoint.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/crc/crc32c.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_resources.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/file.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using network::HostnameSpec;
using network::HostnameStatus;
using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// A checkpoint file in a directory of its own, removed at the end, and a store.
struct Fixture {
  Fixture() {
    std::string name = "/tmp/checkpoint_test.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory = name;
    options.path = directory / "machined";
  }
  ~Fixture() { std::filesystem::remove_all(directory); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  absl::Status Save() { return SaveCheckpoint(CheckpointRows(store, options.kinds), options); }
  void Write(std::string_view bytes) {
    REQUIRE_THAT(sys::WriteFileAtomically(options.path, bytes, 0600), IsOk());
  }
  std::string Read() { return *sys::ReadFile(options.path, 1 << 20); }
  // "checkpoint /tmp/…/machined: reason"
  std::string Refusal(std::string_view reason) const {
    return std::format("checkpoint {}: {}", options.path, reason);
  }

  std::filesystem::path directory;
  base::FakeClock clock;
  Store store{clock};
  CheckpointOptions options{
      .path = "", .program = "machined", .kinds = {{.ns = "test", .type = "Things"}}};
};

// A row that sets everything.
Resource FullThing(std::string_view id) {
  Resource row = Thing(id);
  row.spec =
      SpecData::Opaque(std::string("\xff\0proto", 7), "yaml: 'as it came'  # with its comment\n");
  row.metadata.version = 42;
  row.metadata.owner = "somebody";
  row.metadata.phase = Phase::kTearingDown;
  row.metadata.created = base::WallTime(seconds(5) + nanoseconds(7));
  row.metadata.updated = base::WallTime(-hours(1) + nanoseconds(999'999'999));
  row.metadata.finalizers = {"z", "a"};
  row.metadata.labels = {{"l", "1"}, {"empty", ""}};
  row.metadata.annotations = {{"n", "2"}};
  return row;
}

void CheckSame(const Resource& a, const Resource& b) {
  CHECK(*a.metadata.kind == *b.metadata.kind);
  CHECK(a.metadata.id == b.metadata.id);
  CHECK(a.metadata.version == b.metadata.version);
  CHECK(a.metadata.owner == b.metadata.owner);
  CHECK(a.metadata.phase == b.metadata.phase);
  CHECK(a.metadata.created == b.metadata.created);
  CHECK(a.metadata.updated == b.metadata.updated);
  CHECK(a.metadata.finalizers == b.metadata.finalizers);
  CHECK(a.metadata.labels == b.metadata.labels);
  CHECK(a.metadata.annotations == b.metadata.annotations);
  CHECK(*a.spec == *b.spec);
}

// `bytes` with its last four replaced by the checksum of the others.
std::string Sealed(std::string bytes) {
  bytes.resize(bytes.size() - 4);
  auto checksum = static_cast<std::uint32_t>(
      absl::ComputeCrc32c(absl::string_view(bytes.data(), bytes.size())));
  for (int i = 0; i < 4; ++i, checksum >>= 8) {
    bytes.push_back(static_cast<char>(checksum & 0xff));
  }
  return bytes;
}

// What a program that starts keeps of one that ended: a checkpoint of the hostnames.
CheckpointOptions Hostnames() {
  return {.path = "",
          .program = "machined",
          .kinds = {TypeRef::Of<HostnameSpec>().kind, TypeRef::Of<HostnameStatus>().kind}};
}

// The longest name wins.
absl::StatusOr<Desired<HostnameStatus>> Choose(const All<HostnameSpec>& specs) {
  HostnameStatus::Spec status;
  for (const auto& spec : specs) {
    if (spec.spec().hostname().size() > status.hostname().size()) {
      status.set_hostname(spec.spec().hostname());
    }
  }
  return Desired<HostnameStatus>{{"hostname", status}};
}

void PublishHostname(TestRuntime& t, const std::string& hostname) {
  t.runtime.Publish<HostnameSpec>("dhcp", {{"eth0", Text("hostname: '" + hostname + "'")}});
}

}  // namespace

TEST_CASE("checkpoint: rows come back with all that they had") {
  Fixture f;
  const Resource full = FullThing("a");
  Resource plain = Thing("b", "x");
  plain.metadata.version = 1;
  f.store.Restore(full);
  f.store.Restore(plain);
  REQUIRE_THAT(f.Save(), IsOk());
  Store loaded(f.clock);
  const absl::StatusOr<size_t> count = LoadCheckpoint(loaded, f.options);
  REQUIRE_THAT(count, IsOk());
  CHECK(*count == 2);
  const Snapshot rows = loaded.List("test", "Things");
  REQUIRE(rows->size() == 2);
  CheckSame(*rows->front(), full);
  CheckSame(*rows->back(), plain);
}

TEST_CASE("checkpoint: versions count on from where they were") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  REQUIRE_THAT(f.Save(), IsOk());
  Store loaded(f.clock);
  REQUIRE_THAT(LoadCheckpoint(loaded, f.options), IsOk());
  const absl::StatusOr<ResourcePtr> updated =
      loaded.Update(*loaded.Get("test", "Things", "a"), "somebody", {});
  REQUIRE_THAT(updated, IsOk());
  CHECK((*updated)->metadata.version == 43);
  CHECK((*updated)->metadata.created == FullThing("a").metadata.created);
}

TEST_CASE("checkpoint: an empty state is a file, too, and the file is for its owner only") {
  Fixture f;
  REQUIRE_THAT(f.Save(), IsOk());
  const absl::StatusOr<size_t> count = LoadCheckpoint(f.store, f.options);
  REQUIRE_THAT(count, IsOk());
  CHECK(*count == 0);
  CHECK(f.store.kinds() == 0);
  using std::filesystem::perms;
  CHECK(std::filesystem::status(f.options.path).permissions() ==
        (perms::owner_read | perms::owner_write));
}

TEST_CASE("checkpoint: equal states give equal bytes") {
  Fixture f;
  f.store.Restore(FullThing("b"));
  f.store.Restore(FullThing("a"));
  Store other(f.clock);
  other.Restore(FullThing("a"));
  other.Restore(FullThing("b"));
  CHECK(EncodeCheckpoint(CheckpointRows(f.store, f.options.kinds), f.options).bytes ==
        EncodeCheckpoint(CheckpointRows(other, f.options.kinds), f.options).bytes);
}

TEST_CASE("checkpoint: only the chosen kinds are written, each once") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  Resource other = FullThing("b");
  other.metadata.kind = std::make_shared<const Kind>(Kind{.ns = "test", .type = "Others"});
  f.store.Restore(other);
  const Kind things{.ns = "test", .type = "Things"};
  CHECK(Show(CheckpointRows(f.store, {things, {.ns = "no", .type = "such"}, things}))
            .starts_with("a="));
  CHECK(CheckpointRows(f.store, {things, things}).size() == 1);
  CHECK(f.store.kinds() == 2);
}

TEST_CASE("checkpoint: only the kinds asked for are put in") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  Resource other = FullThing("b");
  other.metadata.kind = std::make_shared<const Kind>(Kind{.ns = "test", .type = "Others"});
  f.store.Restore(other);
  f.options.kinds.push_back({.ns = "test", .type = "Others"});
  REQUIRE_THAT(f.Save(), IsOk());
  f.options.kinds.pop_back();
  Store loaded(f.clock);
  CHECK(*LoadCheckpoint(loaded, f.options) == 1);
  CHECK(loaded.Get("test", "Others", "b") == nullptr);
  CHECK(loaded.kinds() == 1);
}

TEST_CASE(
    "checkpoint: specs of known types come back typed, and opaque ones in a store that has them "
    "so") {
  Fixture f;
  f.options.kinds = Hostnames().kinds;
  Resource row = FullThing("a");
  row.metadata.kind = std::make_shared<const Kind>(f.options.kinds.front());
  HostnameSpec::Spec spec;
  spec.set_hostname("n1");
  const bool typed = GENERATE(true, false);
  row.spec = typed ? SpecData::Of(std::make_unique<const HostnameSpec::Spec>(spec))
                   : SpecData::Opaque(spec.SerializeAsString(), "hostname: n1 # kept\n");
  f.options.typing = typed ? SpecTyping::kKnownTypes : SpecTyping::kOpaque;
  f.store.Restore(row);
  REQUIRE_THAT(f.Save(), IsOk());
  CHECK((f.Read().find("kept") != std::string::npos) == !typed);
  Store loaded(f.clock);
  REQUIRE_THAT(LoadCheckpoint(loaded, f.options), IsOk());
  const ResourcePtr back = loaded.Get(HostnameSpec::kNamespace, HostnameSpec::kType, "a");
  REQUIRE(back != nullptr);
  CHECK((back->spec->message() != nullptr) == typed);
  CHECK(back->spec->Yaml() == row.spec->Yaml());
  CHECK(*back->spec == *row.spec);
}

TEST_CASE("checkpoint: a runtime that says the same again keeps versions and times") {
  Fixture f;
  CheckpointOptions options = Hostnames();
  options.path = f.options.path;
  std::vector<ResourcePtr> before;
  {
    TestRuntime t;
    t.runtime.Reconcile("choose", Choose);
    PublishHostname(t, "a");
    t.Advance(hours(1));
    PublishHostname(t, "ab");
    t.Advance(hours(1));
    before = CheckpointRows(t.store, options.kinds);
    REQUIRE_THAT(SaveCheckpoint(before, options), IsOk());
  }
  REQUIRE(before.size() == 2);
  REQUIRE(before.front()->metadata.version == 2);

  TestRuntime t;
  t.clock.Advance(hours(24));
  CHECK(*LoadCheckpoint(t.store, options) == 2);
  const std::vector<ResourcePtr> loaded = CheckpointRows(t.store, options.kinds);
  t.runtime.Reconcile("choose", Choose);
  t.runtime.AddSource<HostnameSpec>("dhcp");
  t.Settle();
  CHECK(CheckpointRows(t.store, options.kinds) == loaded);  // nobody has spoken yet: they stand
  PublishHostname(t, "ab");
  t.Advance(seconds(1));
  CHECK(CheckpointRows(t.store, options.kinds) == loaded);  // the very snapshots that were loaded
  for (size_t i = 0; i < loaded.size(); ++i) {
    CheckSame(*loaded[i], *before[i]);
  }
  PublishHostname(t, "abc");
  t.Advance(seconds(1));
  const std::vector<ResourcePtr> after = CheckpointRows(t.store, options.kinds);
  REQUIRE(after.size() == 2);
  CHECK(after.front()->metadata.version == 3);
  CHECK(after.front()->metadata.created == before.front()->metadata.created);
  CHECK(after.back()->metadata.version == 3);
}

TEST_CASE("checkpoint: what is not stated again after loading is collected") {
  Fixture f;
  CheckpointOptions options = Hostnames();
  options.path = f.options.path;
  TestRuntime first;
  PublishHostname(first, "a");
  first.Settle();
  REQUIRE_THAT(SaveCheckpoint(CheckpointRows(first.store, options.kinds), options), IsOk());
  TestRuntime t;
  REQUIRE_THAT(LoadCheckpoint(t.store, options), IsOk());
  t.runtime.Publish<HostnameSpec>("dhcp", {});
  t.Settle();
  CHECK(CheckpointRows(t.store, options.kinds).empty());
}

TEST_CASE("checkpoint: a missing file is not found") {
  Fixture f;
  CHECK_THAT(
      LoadCheckpoint(f.store, f.options),
      StatusIs(absl::StatusCode::kNotFound,
               f.Refusal(std::format("open {}: No such file or directory", f.options.path))));
}

TEST_CASE("checkpoint: the beginning of a file is refused, whatever its length") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  f.store.Restore(FullThing("b"));
  REQUIRE_THAT(f.Save(), IsOk());
  const std::string whole = f.Read();
  for (size_t length = 0; length < whole.size(); ++length) {
    Store loaded(f.clock);
    f.Write(whole.substr(0, length));
    const std::string reason = length < 16 ? std::format("torn: only {} bytes", length)
                                           : "torn or damaged: the checksum is wrong";
    CHECK_THAT(LoadCheckpoint(loaded, f.options),
               StatusIs(absl::StatusCode::kDataLoss, f.Refusal(reason)));
    CHECK(loaded.kinds() == 0);
  }
}

TEST_CASE("checkpoint: a file with any one byte changed is refused") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  const std::string whole =
      EncodeCheckpoint(CheckpointRows(f.store, f.options.kinds), f.options).bytes;
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      CHECK_FALSE(DecodeCheckpoint(damaged, f.options).ok());
    }
  }
  CHECK_FALSE(DecodeCheckpoint(whole + '\0', f.options).ok());
  CHECK_THAT(DecodeCheckpoint(whole, f.options), IsOk());
}

TEST_CASE("checkpoint: a file that is none is refused") {
  Fixture f;
  f.Write("#!/bin/sh\necho hello\n");
  CHECK_THAT(LoadCheckpoint(f.store, f.options),
             StatusIs(absl::StatusCode::kDataLoss, f.Refusal("not a checkpoint")));
  f.Write(std::string(5000, '\0'));
  CHECK_THAT(LoadCheckpoint(f.store, f.options),
             StatusIs(absl::StatusCode::kDataLoss, f.Refusal("not a checkpoint")));
  std::filesystem::remove(f.options.path);
  std::filesystem::create_directory(f.options.path);
  CHECK_THAT(LoadCheckpoint(f.store, f.options),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      f.Refusal(std::format("read {}: not a regular file", f.options.path))));
}

TEST_CASE("checkpoint: another program's file is refused") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  REQUIRE_THAT(f.Save(), IsOk());
  f.options.program = "networkd";
  CHECK_THAT(LoadCheckpoint(f.store, f.options),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      f.Refusal("written by \"machined\", expected \"networkd\"")));
}

TEST_CASE("checkpoint: another format is refused, even if its checksum is elsewhere") {
  Fixture f;
  REQUIRE_THAT(f.Save(), IsOk());
  std::string bytes = f.Read();
  bytes[8] = 2;
  f.Write(bytes);
  CHECK_THAT(LoadCheckpoint(f.store, f.options),
             StatusIs(absl::StatusCode::kFailedPrecondition, f.Refusal("format 2, expected 1")));
}

TEST_CASE("checkpoint: with a good checksum, rows are checked all the same, before any is put in") {
  Fixture f;
  const auto rows = [&](const Resource& row) {
    return EncodeCheckpoint({std::make_shared<const Resource>(row)}, f.options).bytes;
  };
  const auto refused = [&](const std::string& bytes, const std::string& reason) {
    f.Write(Sealed(bytes));
    CHECK_THAT(LoadCheckpoint(f.store, f.options),
               StatusIs(absl::StatusCode::kDataLoss, f.Refusal(reason)));
    CHECK(f.store.kinds() == 0);
  };
  const auto replaced = [](std::string bytes, std::string_view from, std::string_view to) {
    return bytes.replace(bytes.find(from), from.size(), to);
  };
  const std::string good = rows(FullThing("a"));
  refused(replaced(good, "tearingDown", "tearingdown"),
          "row 0: phase: \"tearingdown\": expected \"running\" or \"tearingDown\"");
  refused(replaced(good, "42", " 2"),
          "row 0: metadata.version: \" 2\": expected \"undefined\" or a number");
  refused(replaced(good, "42", "00"), "row 0: Things(test/a@undefined) has no version");
  refused(good.substr(0, good.size() - 10) + "1234", "malformed");  // the row is cut
  refused(good + "1234", "more bytes than 1 rows");
  const size_t count = 12 + 1 + std::string_view("machined").size();
  std::string two = good;
  two[count] = 2;
  refused(two, "malformed");  // the second is missing
  two[count] = 0;
  refused(two, "more bytes than 0 rows");
  // A good row, then a bad one: neither is put in.
  std::string mixed = EncodeCheckpoint({std::make_shared<const Resource>(FullThing("a")),
                                        std::make_shared<const Resource>(FullThing("b"))},
                                       f.options)
                          .bytes;
  mixed.replace(mixed.rfind("tearingDown"), 4, "xxxx");
  refused(mixed, "row 1: phase: \"xxxxingDown\": expected \"running\" or \"tearingDown\"");
}

TEST_CASE("checkpoint: a known type's spec that does not parse is refused") {
  Fixture f;
  f.options.kinds = Hostnames().kinds;
  f.options.typing = SpecTyping::kOpaque;
  Resource row = FullThing("a");
  row.metadata.kind = std::make_shared<const Kind>(f.options.kinds.front());
  f.store.Restore(row);
  REQUIRE_THAT(f.Save(), IsOk());
  f.options.typing = SpecTyping::kKnownTypes;
  Store loaded(f.clock);
  CHECK_THAT(LoadCheckpoint(loaded, f.options),
             StatusIs(absl::StatusCode::kDataLoss,
                      f.Refusal("row 0: spec: 7 bytes are no valid "
                                "talos.resource.definitions.network.HostnameSpecSpec")));
}

TEST_CASE("checkpoint: a row that could not be loaded is left out, and spoils no other") {
  Fixture f;
  Resource bad = FullThing("a");
  bad.metadata.labels = {{"from-dhcp", "\xff"}};
  f.store.Restore(bad);
  Resource fresh = FullThing("b");
  fresh.metadata.version = 0;
  f.store.Restore(fresh);
  f.store.Restore(FullThing("c"));
  const absl::Status saved = f.Save();
  CHECK(saved.code() == absl::StatusCode::kDataLoss);
  CHECK(
      std::string_view(saved.message()).starts_with(f.Refusal("Things(test/a@42) is left out: ")));
  Store loaded(f.clock);
  CHECK(*LoadCheckpoint(loaded, f.options) == 1);
  CHECK(loaded.Get("test", "Things", "c") != nullptr);
}

TEST_CASE("checkpoint: files have a largest size, for writing and for reading") {
  Fixture f;
  f.store.Restore(FullThing("a"));
  REQUIRE_THAT(f.Save(), IsOk());
  const size_t size = f.Read().size();
  f.store.Restore(FullThing("b"));
  f.options.max_bytes = size;
  const absl::Status saved = f.Save();
  CHECK(saved.code() == absl::StatusCode::kResourceExhausted);
  CHECK(
      std::string_view(saved.message()).ends_with(std::format("bytes, expected at most {}", size)));
  CHECK(f.Read().size() == size);  // the old one stays
  Store loaded(f.clock);
  CHECK(*LoadCheckpoint(loaded, f.options) == 1);
  f.options.max_bytes = size - 1;
  CHECK_THAT(LoadCheckpoint(loaded, f.options),
             StatusIs(absl::StatusCode::kOutOfRange,
                      f.Refusal(std::format("read {}: {} bytes, expected at most {}",
                                            f.options.path, size, size - 1))));
}

TEST_CASE("checkpoint: a file that cannot be written is an error that names it") {
  Fixture f;
  f.options.path = f.directory / "missing" / "machined";
  CHECK_THAT(
      f.Save(),
      StatusIs(absl::StatusCode::kNotFound,
               f.Refusal(std::format("create {}.new: No such file or directory", f.options.path))));
}

TEST_CASE("checkpoint: times at the ends of what fits survive") {
  Fixture f;
  Resource row = FullThing("a");
  row.metadata.created = base::WallTime::max();
  row.metadata.updated = base::WallTime::min() + seconds(1);
  const EncodedCheckpoint encoded =
      EncodeCheckpoint({std::make_shared<const Resource>(row)}, f.options);
  CHECK_THAT(encoded.left_out, IsOk());
  absl::StatusOr<std::vector<Resource>> rows = DecodeCheckpoint(encoded.bytes, f.options);
  REQUIRE_THAT(rows, IsOk());
  CHECK(row.metadata.created - rows->front().metadata.created < seconds(3));
  CHECK(rows->front().metadata.updated - row.metadata.updated < seconds(3));
}

}  // namespace ichor
