#include "lib/state/handlers.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"

namespace ichor::state {
namespace {

namespace pb = cosi::resource;
using base::IsOk;
using base::StatusIs;
using std::chrono::seconds;

const std::string kA = "namespace: 'n' type: 'T' id: 'a' ";
const std::string kHostname =
    "namespace: 'network' type: 'HostnameStatuses.net.talos.dev' id: 'hostname' ";

// Messages in text format go in, replies come out.
struct Fixture {
  absl::StatusOr<pb::Resource> Get(const std::string& request) {
    return Reply<pb::GetResponse>(handlers.Get(Bytes<pb::GetRequest>(request)));
  }
  // `metadata` without version and phase, which are those of a new resource.
  absl::StatusOr<pb::Resource> Create(const std::string& metadata, const std::string& owner = "",
                                      const std::string& spec = "") {
    return CreateRaw("resource { metadata { version: 'undefined' phase: 'running' " + metadata +
                     "} spec {" + spec + "} } options { owner: '" + owner + "' }");
  }
  absl::StatusOr<pb::Resource> CreateRaw(const std::string& request) {
    return Reply<pb::CreateResponse>(handlers.Create(Bytes<pb::CreateRequest>(request)));
  }
  absl::StatusOr<pb::Resource> Update(const std::string& metadata, const std::string& options = "",
                                      const std::string& spec = "") {
    return UpdateRaw("new_resource { metadata {" + metadata + "} spec {" + spec + "} } options {" +
                     options + "}");
  }
  absl::StatusOr<pb::Resource> UpdateRaw(const std::string& request) {
    return Reply<pb::UpdateResponse>(handlers.Update(Bytes<pb::UpdateRequest>(request)));
  }
  absl::StatusOr<std::string> Destroy(const std::string& request) {
    return handlers.Destroy(Bytes<pb::DestroyRequest>(request));
  }
  // Whether it may be destroyed now.
  absl::StatusOr<bool> Teardown(const std::string& request) {
    const absl::StatusOr<std::string> bytes =
        handlers.Teardown(Bytes<pb::TeardownRequest>(request));
    if (!bytes.ok()) return bytes.status();
    pb::TeardownResponse reply;
    REQUIRE(reply.ParseFromString(*bytes));
    return reply.destroy_ready();
  }
  // The ids that a list selects.
  absl::StatusOr<std::string> List(const std::string& request) {
    const absl::StatusOr<Handlers::Listing> listing =
        handlers.List(Bytes<pb::ListRequest>(request));
    if (!listing.ok()) return listing.status();
    std::string ids;
    for (const ResourcePtr& resource : *listing->snapshot) {
      if (listing->query.Matches(resource->metadata)) ids += resource->metadata.id + " ";
    }
    return ids;
  }

  template <class Message>
  static std::string Bytes(const std::string& text) {
    const Message message = Text(text);
    return message.SerializeAsString();
  }
  template <class Message>
  static absl::StatusOr<pb::Resource> Reply(const absl::StatusOr<std::string>& bytes) {
    if (!bytes.ok()) return bytes.status();
    Message reply;
    REQUIRE(reply.ParseFromString(*bytes));
    return reply.resource();
  }

  base::FakeClock clock;
  Store store{clock};
  HandlerOptions options;
  Handlers handlers{store, options};
};

StatusIs NotFound(std::string message) {
  return {absl::StatusCode::kNotFound, std::move(message)};
}
StatusIs Owned(std::string message) {
  return {absl::StatusCode::kPermissionDenied, std::move(message)};
}
StatusIs Conflict(std::string message) {
  return {absl::StatusCode::kFailedPrecondition, std::move(message)};
}
StatusIs Invalid(std::string message) {
  return {absl::StatusCode::kInvalidArgument, std::move(message)};
}
StatusIs Unknown(std::string message) {
  return {absl::StatusCode::kUnknown, std::move(message)};
}

}  // namespace

TEST_CASE("handlers: malformed and oversized requests have a clear status in every call") {
  Fixture f;
  CHECK_THAT(f.handlers.Get("\xff"), Invalid("1 bytes are no valid cosi.resource.GetRequest"));
  CHECK_THAT(f.handlers.List("\xff"), Invalid("1 bytes are no valid cosi.resource.ListRequest"));
  CHECK_THAT(f.handlers.Create("\xff"),
             Invalid("1 bytes are no valid cosi.resource.CreateRequest"));
  // On Update, InvalidArgument is a phase conflict.
  CHECK_THAT(f.handlers.Update("\xff"),
             Unknown("1 bytes are no valid cosi.resource.UpdateRequest"));
  CHECK_THAT(f.handlers.Destroy("\xff"),
             Invalid("1 bytes are no valid cosi.resource.DestroyRequest"));
  CHECK_THAT(f.handlers.Teardown("\xff"),
             Invalid("1 bytes are no valid cosi.resource.TeardownRequest"));
  const std::string large(kMaxQueryBytes + 1, '\xff');
  const StatusIs too_large(absl::StatusCode::kResourceExhausted,
                           "request of 1048577 bytes, expected at most 1048576");
  CHECK_THAT(f.handlers.Get(large), too_large);
  CHECK_THAT(f.handlers.List(large), too_large);
  CHECK_THAT(f.handlers.Destroy(large), too_large);
  CHECK_THAT(f.handlers.Teardown(large), too_large);
  const std::string huge(kMaxWriteBytes + 1, '\xff');
  const StatusIs too_huge(absl::StatusCode::kResourceExhausted,
                          "request of 33554433 bytes, expected at most 33554432");
  CHECK_THAT(f.handlers.Create(huge), too_huge);
  CHECK_THAT(f.handlers.Update(huge), too_huge);
  CHECK(f.store.kinds() == 0);
}

TEST_CASE("handlers: a resource lacks neither metadata nor spec, and both make sense") {
  Fixture f;
  struct Case {
    std::string resource;
    std::string message;
  };
  const Case c = GENERATE(values<Case>({
      {"", "metadata is missing"},
      {"spec {}", "metadata is missing"},
      {"metadata { version: '1' phase: 'running' }", "spec is missing"},
      {"metadata { version: 'abc' phase: 'running' } spec {}",
       "metadata.version: \"abc\": expected \"undefined\" or a number"},
      {"metadata { phase: 'running' } spec {}",
       "metadata.version: \"\": expected \"undefined\" or a number"},
      {"metadata { version: '1' phase: 'x' } spec {}",
       "phase: \"x\": expected \"running\" or \"tearingDown\""},
      {"metadata { version: '1' } spec {}", "phase: \"\": expected \"running\" or \"tearingDown\""},
  }));
  CHECK_THAT(f.CreateRaw("resource {" + c.resource + "}"), Invalid(c.message));
  CHECK_THAT(f.UpdateRaw("new_resource {" + c.resource + "}"), Unknown(c.message));
  CHECK_THAT(f.CreateRaw(""), Invalid("metadata is missing"));
  CHECK_THAT(f.UpdateRaw(""), Unknown("metadata is missing"));
}

TEST_CASE("handlers: create answers with what is stored") {
  Fixture f;
  const auto created = f.CreateRaw(
      "resource { metadata {" + kA +
      "version: '7' owner: 'me' phase: 'tearingDown' created { seconds: 1 } updated { seconds: 2 } "
      "finalizers: 'g' finalizers: 'f' finalizers: 'g' labels { key: 'l' value: '1' } "
      "annotations { key: 'n' value: '2' } } spec { proto_spec: 'p' yaml_spec: 'y' } } options { "
      "owner: 'me' }");
  REQUIRE_THAT(created, IsOk());
  const pb::Metadata& metadata = created->metadata();
  CHECK(metadata.version() == "1");
  CHECK(metadata.owner() == "me");
  CHECK(metadata.phase() == "tearingDown");
  CHECK(metadata.created().seconds() ==
        std::chrono::floor<seconds>(f.clock.Now()).time_since_epoch().count());
  CHECK(metadata.updated().seconds() == 2);
  CHECK(std::vector<std::string>(metadata.finalizers().begin(), metadata.finalizers().end()) ==
        std::vector<std::string>{"g", "f"});
  CHECK(metadata.labels().at("l") == "1");
  CHECK(metadata.annotations().at("n") == "2");
  CHECK(f.Get(kA)->ShortDebugString() == created->ShortDebugString());
}

TEST_CASE("handlers: create looks at the owner before at what exists") {
  Fixture f;
  const auto clash = [](const std::string& owner) {
    return Invalid("metadata.owner: \"me\": expected the owner of the options, \"" + owner + "\"");
  };
  REQUIRE_THAT(f.Create(kA, "me"), IsOk());
  CHECK_THAT(f.Create(kA + "owner: 'me' ", "you"), clash("you"));
  CHECK_THAT(f.Create(kA + "owner: 'me' "), clash(""));
  CHECK_THAT(f.Create(kA, "you"), StatusIs(absl::StatusCode::kAlreadyExists,
                                           "resource T(n/a@undefined) already exists"));
  CHECK_THAT(f.Create("owner: 'me' ", "me"), IsOk());  // empty namespace, type and id
}

TEST_CASE("handlers: update follows the rules, each with its code") {
  Fixture f;
  const std::string update = kA + "phase: 'running' ";
  CHECK_THAT(f.Update(update + "version: '3' "), NotFound("resource T(n/a@3) doesn't exist"));
  REQUIRE_THAT(f.Create(kA, "me"), IsOk());
  CHECK_THAT(f.Update(update + "version: '9' ", "owner: 'you' expected_phase: 'tearingDown'"),
             Owned("resource T(n/a@1) is owned by \"me\""));
  CHECK_THAT(
      f.UpdateRaw("new_resource { metadata {" + update + "version: '1' } spec {} }"),  // no options
      Owned("resource T(n/a@1) is owned by \"me\""));
  CHECK_THAT(
      f.Update(update + "version: '9' ", "owner: 'me' expected_phase: 'tearingDown'"),
      Conflict("resource T(n/a@1) update conflict: expected version \"9\", actual version \"1\""));
  CHECK_THAT(f.Update(update + "version: 'undefined' ", "owner: 'me'"),
             Conflict("resource T(n/a@1) update conflict: expected version \"undefined\", actual "
                      "version \"1\""));
  CHECK_THAT(f.Update(update + "version: '1' ", "owner: 'me' expected_phase: 'tearingDown'"),
             Invalid("resource T(n/a@1) is not in phase tearingDown"));
  CHECK_THAT(f.Update(update + "version: '1' ", "owner: 'me' expected_phase: ''"),
             Unknown("phase: \"\": expected \"running\" or \"tearingDown\""));
  CHECK(f.Get(kA)->metadata().version() == "1");
}

TEST_CASE("handlers: update takes everything as sent but versions and times") {
  Fixture f;
  const auto created = f.Create(kA, "me");
  REQUIRE_THAT(created, IsOk());
  f.clock.Advance(seconds(10));
  const auto updated =
      f.Update(kA + "version: '1' phase: 'tearingDown' owner: 'you' created { seconds: 1 } "
                    "updated { seconds: 1 } finalizers: 'f' labels { key: 'l' value: '2' }",
               "owner: 'me' expected_phase: 'running'", "proto_spec: 'p2'");
  REQUIRE_THAT(updated, IsOk());
  const pb::Metadata& metadata = updated->metadata();
  CHECK(metadata.version() == "2");
  CHECK(metadata.owner() == "you");
  CHECK(metadata.phase() == "tearingDown");
  CHECK(metadata.created().seconds() == created->metadata().created().seconds());
  CHECK(metadata.updated().seconds() == created->metadata().created().seconds() + 10);
  CHECK(metadata.finalizers_size() == 1);
  CHECK(metadata.labels().at("l") == "2");
  CHECK(updated->spec().proto_spec() == "p2");
  // Back to life, in whatever phase it is, by its new owner.
  const auto again = f.Update(kA + "version: '2' phase: 'running'", "owner: 'you'");
  REQUIRE_THAT(again, IsOk());
  CHECK(again->metadata().phase() == "running");
  CHECK(again->metadata().owner().empty());
}

TEST_CASE("handlers: get and list find what is there") {
  Fixture f;
  CHECK_THAT(f.Get(kA), NotFound("resource T(n/a@undefined) doesn't exist"));
  CHECK(*f.List("namespace: 'n' type: 'T'") == "");
  REQUIRE_THAT(f.Create("namespace: 'n' type: 'T' id: 'b' labels { key: 'l' value: '1' } "),
               IsOk());
  REQUIRE_THAT(f.Create(kA), IsOk());
  REQUIRE_THAT(f.Create("namespace: 'n' type: 'U' id: 'c' "), IsOk());
  CHECK(*f.List("namespace: 'n' type: 'T'") == "a b ");
  CHECK(*f.List("namespace: 'n' type: 'T' options { label_query { terms { key: 'l' } } }") == "b ");
  CHECK(*f.List("namespace: 'n' type: 'T' options { id_query { regexp: '^a' } }") == "a ");
  CHECK_THAT(f.List("options { label_query { terms { op: 9 } } }"),
             StatusIs(absl::StatusCode::kUnimplemented, "unsupported label query operator: 9"));
  CHECK(f.store.kinds() == 2);  // asking makes no kinds
}

TEST_CASE("handlers: destroy wants the owner and no finalizers") {
  Fixture f;
  CHECK_THAT(f.Destroy(kA), NotFound("resource T(n/a@undefined) doesn't exist"));
  REQUIRE_THAT(f.Create(kA + "finalizers: 'f' finalizers: 'g' ", "me"), IsOk());
  CHECK_THAT(f.Destroy(kA), Owned("resource T(n/a@1) is owned by \"me\""));
  CHECK_THAT(f.Destroy(kA + "options { owner: 'me' }"),
             Conflict("resource T(n/a@1) has pending finalizers &[f g]"));
  REQUIRE_THAT(f.Update(kA + "version: '1' phase: 'running' owner: 'me' ", "owner: 'me'"), IsOk());
  const auto destroyed = f.Destroy(kA + "options { owner: 'me' }");
  REQUIRE_THAT(destroyed, IsOk());
  CHECK(destroyed->empty());
  CHECK_THAT(f.Get(kA), NotFound("resource T(n/a@undefined) doesn't exist"));
}

TEST_CASE("handlers: teardown says whether destroy may follow") {
  Fixture f;
  CHECK_THAT(f.Teardown(kA), NotFound("resource T(n/a@undefined) doesn't exist"));
  REQUIRE_THAT(f.Create(kA + "finalizers: 'f' ", "me"), IsOk());
  CHECK_THAT(f.Teardown(kA), Owned("resource T(n/a@1) is owned by \"me\""));
  CHECK(*f.Teardown(kA + "options { owner: 'me' }") == false);
  CHECK(f.Get(kA)->metadata().phase() == "tearingDown");
  CHECK(f.Get(kA)->metadata().version() == "2");
  CHECK(*f.Teardown(kA) == false);  // done already: anybody may ask
  CHECK(f.Get(kA)->metadata().version() == "2");
  REQUIRE_THAT(f.Create("id: 'b' "), IsOk());
  CHECK(*f.Teardown("id: 'b'") == true);
}

TEST_CASE("handlers: teardown and destroy waits for the finalizers") {
  Fixture f;
  const pb::TeardownAndDestroyRequest mine = Text(kA + "options { owner: 'me' }");
  const pb::TeardownAndDestroyRequest yours = Text(kA + "options { owner: 'you' }");
  CHECK_THAT(f.handlers.BeginDestroy(mine), NotFound("resource T(n/a@undefined) doesn't exist"));
  REQUIRE_THAT(f.Create(kA + "finalizers: 'f' ", "me"), IsOk());
  CHECK_THAT(f.handlers.BeginDestroy(yours), Owned("resource T(n/a@1) is owned by \"me\""));
  REQUIRE_THAT(f.handlers.BeginDestroy(mine), IsOk());
  CHECK(*f.handlers.FinishDestroy(mine) == false);
  REQUIRE_THAT(f.Update(kA + "version: '2' phase: 'tearingDown' owner: 'me' ", "owner: 'me'"),
               IsOk());
  CHECK_THAT(f.handlers.BeginDestroy(yours), IsOk());  // torn down already
  CHECK_THAT(f.handlers.FinishDestroy(yours), Owned("resource T(n/a@3) is owned by \"me\""));
  CHECK(*f.handlers.FinishDestroy(mine) == true);
  CHECK(*f.handlers.FinishDestroy(mine) == true);  // gone, whoever did it
}

TEST_CASE("handlers: specs of unknown types are kept to the byte, both forms") {
  Fixture f;
  const std::string spec = "proto_spec: '\\377\\000\\n' yaml_spec: '{ odd:  \"x\" } # as it is'";
  REQUIRE_THAT(f.Create(kA, "", spec), IsOk());
  const pb::Spec expected = Text(spec);
  CHECK(f.Get(kA)->spec().proto_spec() == expected.proto_spec());
  CHECK(f.Get(kA)->spec().yaml_spec() == expected.yaml_spec());
  CHECK(f.store.Get("n", "T", "a")->spec->message() == nullptr);
}

TEST_CASE("handlers: specs of known types are parsed and rendered") {
  Fixture f;
  const auto created = f.Create(kHostname, "", "proto_spec: '\\n\\002n1' yaml_spec: 'nonsense'");
  REQUIRE_THAT(created, IsOk());
  CHECK(created->spec().proto_spec() == "\n\x02n1");
  CHECK(created->spec().yaml_spec() == "hostname: n1\ndomainname: \"\"\n");
  const std::string reason =
      "spec: 3 bytes are no valid talos.resource.definitions.network.HostnameStatusSpec";
  CHECK_THAT(f.Create(kHostname, "", "proto_spec: '\\n\\002n'"), Invalid(reason));
  CHECK_THAT(f.Update(kHostname + "version: '1' phase: 'running' ", "", "proto_spec: '\\n\\002n'"),
             Unknown(reason));
  CHECK(f.Get(kHostname)->metadata().version() == "1");
}

TEST_CASE("handlers: an opaque store knows no types") {
  Fixture f;
  f.options.typing = SpecTyping::kOpaque;
  Handlers opaque(f.store, f.options);
  REQUIRE_THAT(opaque.Create(Fixture::Bytes<pb::CreateRequest>(
                   "resource { metadata {" + kHostname +
                   "version: '1' phase: 'running' } "
                   "spec { proto_spec: '\\377' yaml_spec: 'x: [' } }")),
               IsOk());
  CHECK(f.Get(kHostname)->spec().proto_spec() == "\xff");
  CHECK(f.Get(kHostname)->spec().yaml_spec() == "x: [");
}

TEST_CASE("handlers: metadata has a limit, which a large request meets before it is decoded") {
  Fixture f;
  pb::CreateRequest create =
      Text("resource { metadata {" + kA + "version: '1' phase: 'running' } spec {} }");
  create.mutable_resource()->mutable_metadata()->set_owner(std::string(2 << 20, 'o'));
  create.mutable_resource()->mutable_spec()->set_proto_spec(std::string(1 << 20, 's'));
  const size_t size = create.resource().metadata().ByteSizeLong();
  CHECK_THAT(f.handlers.Create(create.SerializeAsString()),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      std::format("metadata of {} bytes, expected at most 1048576", size)));
  pb::UpdateRequest update;
  *update.mutable_new_resource() = create.resource();
  CHECK(f.handlers.Update(update.SerializeAsString()).status().code() ==
        absl::StatusCode::kResourceExhausted);
  create.mutable_resource()->mutable_metadata()->clear_owner();
  create.mutable_resource()->mutable_spec()->set_proto_spec(std::string(20 << 20, 's'));
  CHECK_THAT(f.handlers.Create(create.SerializeAsString()), IsOk());
}

TEST_CASE("handlers: a megabyte of different finalizers takes no longer than other megabytes") {
  Fixture f;
  pb::CreateRequest create =
      Text("resource { metadata {" + kA + "version: '1' phase: 'running' } spec {} }");
  constexpr int kCount = 130'000;
  for (int i = 0; i < kCount; ++i) {
    create.mutable_resource()->mutable_metadata()->add_finalizers(std::format("{:x}", i));
  }
  REQUIRE_THAT(f.handlers.Create(create.SerializeAsString()), IsOk());
  CHECK(f.store.Get("n", "T", "a")->metadata.finalizers.size() == kCount);
}

TEST_CASE("handlers: times that do not fit are cut") {
  Fixture f;
  const auto created = f.Create(kA + "updated { seconds: 9223372036854775807 nanos: 2147483647 } ");
  REQUIRE_THAT(created, IsOk());
  CHECK(created->metadata().updated().seconds() == 9'223'372'035);
  CHECK(created->metadata().updated().nanos() == 999'999'999);
  const auto early = f.Create("updated { seconds: -9223372036854775808 nanos: -2147483648 } ");
  REQUIRE_THAT(early, IsOk());
  CHECK(early->metadata().updated().seconds() == -9'223'372'035);
  CHECK(early->metadata().updated().nanos() == 0);
}

TEST_CASE("handlers: there is room for so many kinds and no more") {
  Fixture f;
  f.options.max_kinds = 1;
  Handlers handlers(f.store, f.options);
  const auto create = [&](const std::string& metadata) {
    return handlers
        .Create(Fixture::Bytes<pb::CreateRequest>("resource { metadata {" + metadata +
                                                  "version: '1' phase: 'running' } spec {} }"))
        .status();
  };
  REQUIRE_THAT(create(kA), IsOk());
  CHECK_THAT(create("namespace: 'n' type: 'T' id: 'b' "), IsOk());
  const StatusIs full(absl::StatusCode::kResourceExhausted,
                      "U in n: there are 1 kinds of resources already");
  CHECK_THAT(create("namespace: 'n' type: 'U' id: 'a' "), full);
  CHECK_THAT(handlers.Watch("n", "U"), full);
  CHECK(*handlers.Watch("n", "T") == f.store.FindCollection("n", "T"));
}

TEST_CASE("handlers: who may not, learns nothing and changes nothing") {
  Fixture f;
  REQUIRE_THAT(f.Create(kA), IsOk());
  std::string asked;
  f.options.authorize = [&](Access access, std::string_view ns, std::string_view type) {
    asked += std::format("{}:{}/{} ", access == Access::kRead ? "read" : "write", ns, type);
    return absl::PermissionDeniedError("no");
  };
  Handlers handlers(f.store, f.options);
  const StatusIs denied(absl::StatusCode::kPermissionDenied, "no");
  const std::string row = "{ metadata {" + kA + "version: '1' phase: 'running' } spec {} }";
  CHECK_THAT(handlers.Get(Fixture::Bytes<pb::GetRequest>(kA)), denied);
  CHECK_THAT(handlers.List(Fixture::Bytes<pb::ListRequest>("namespace: 'n' type: 'T'")), denied);
  CHECK_THAT(handlers.Watch("n", "T"), denied);
  CHECK(asked == "read:n/T read:n/T read:n/T ");
  asked.clear();
  CHECK_THAT(handlers.Create(Fixture::Bytes<pb::CreateRequest>("resource " + row)), denied);
  CHECK_THAT(handlers.Update(Fixture::Bytes<pb::UpdateRequest>("new_resource " + row)), denied);
  CHECK_THAT(handlers.Destroy(Fixture::Bytes<pb::DestroyRequest>(kA)), denied);
  CHECK_THAT(handlers.Teardown(Fixture::Bytes<pb::TeardownRequest>(kA)), denied);
  const pb::TeardownAndDestroyRequest destroy = Text(kA);
  CHECK_THAT(handlers.BeginDestroy(destroy), denied);
  CHECK(asked == "write:n/T write:n/T write:n/T write:n/T write:n/T ");
  CHECK(f.Get(kA)->metadata().version() == "1");
}

}  // namespace ichor::state
