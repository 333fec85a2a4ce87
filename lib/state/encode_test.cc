#include "lib/state/encode.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/state.pb.h"
#include "lib/runtime/test_resources.h"
#include "lib/state/request.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor::state {
namespace {

namespace pb = cosi::resource;
using std::chrono::seconds;

constexpr std::string_view kServer = "server-1";

ResourcePtr Row(std::string_view id, std::string_view text, std::uint64_t version = 3) {
  Resource row = Thing(id, text);
  row.metadata.version = version;
  row.metadata.owner = "me";
  row.metadata.created = base::WallTime(seconds(5) + std::chrono::nanoseconds(6));
  row.metadata.updated = base::WallTime(seconds(7));
  row.metadata.finalizers = {"f", "g"};
  row.metadata.labels = {{"l", "1"}};
  row.metadata.annotations = {{"a", "2"}};
  return std::make_shared<const Resource>(std::move(row));
}

pb::Event Encoded(const WatchEvent& event, std::string_view id = "") {
  const Kind kind{.ns = "test", .type = "Things"};
  const EventContext context{
      .server = kServer, .kind = kind, .id = id, .now = base::WallTime(seconds(9))};
  std::string bytes;
  AppendEvent(event, context, bytes);
  pb::WatchResponse response;
  REQUIRE(response.ParseFromString(bytes));
  REQUIRE(response.event_size() == 1);
  return response.event(0);
}

void CheckTombstone(const pb::Resource& resource, const std::string& id) {
  const pb::Metadata& metadata = resource.metadata();
  CHECK(metadata.namespace_() == "test");
  CHECK(metadata.type() == "Things");
  CHECK(metadata.id() == id);
  CHECK(metadata.version() == "undefined");
  CHECK(metadata.phase() == "running");
  CHECK(metadata.created().seconds() == 9);
  CHECK(metadata.updated().seconds() == 9);
  CHECK(resource.has_spec());
  CHECK(resource.spec().ByteSizeLong() == 0);
}

}  // namespace

TEST_CASE("encode: a reply with a resource decodes as each of the four messages") {
  const std::string bytes = EncodeResourceReply(*Row("a", "proto"));
  pb::GetResponse get;
  pb::ListResponse list;
  pb::CreateResponse create;
  pb::UpdateResponse update;
  REQUIRE(get.ParseFromString(bytes));
  REQUIRE(list.ParseFromString(bytes));
  REQUIRE(create.ParseFromString(bytes));
  REQUIRE(update.ParseFromString(bytes));
  const std::string text = get.resource().ShortDebugString();
  CHECK(list.resource().ShortDebugString() == text);
  CHECK(create.resource().ShortDebugString() == text);
  CHECK(update.resource().ShortDebugString() == text);

  const pb::Metadata& metadata = get.resource().metadata();
  CHECK(metadata.namespace_() == "test");
  CHECK(metadata.type() == "Things");
  CHECK(metadata.id() == "a");
  CHECK(metadata.version() == "3");
  CHECK(metadata.owner() == "me");
  CHECK(metadata.phase() == "running");
  CHECK(metadata.created().seconds() == 5);
  CHECK(metadata.created().nanos() == 6);
  CHECK(metadata.updated().seconds() == 7);
  CHECK(metadata.finalizers_size() == 2);
  CHECK(metadata.labels().at("l") == "1");
  CHECK(metadata.annotations().at("a") == "2");
  CHECK(get.resource().spec().proto_spec() == "proto");
}

TEST_CASE("encode: an empty resource still has metadata, times and a spec") {
  Resource row;
  row.metadata.kind = std::make_shared<const Kind>();
  row.spec = SpecData::Opaque("", "");
  pb::GetResponse reply;
  REQUIRE(reply.ParseFromString(EncodeResourceReply(row)));
  CHECK(reply.resource().metadata().has_created());
  CHECK(reply.resource().metadata().has_updated());
  CHECK(reply.resource().metadata().version() == "undefined");
  CHECK(reply.resource().has_spec());
}

TEST_CASE("encode: opaque specs keep both forms to the byte, typed ones are rendered") {
  Resource row = *Row("a", "");
  const std::string proto("\x00\xff\x0a", 3);
  const std::string yaml = "{ odd:   'spacing' }  # comment";
  row.spec = SpecData::Opaque(proto, yaml);
  pb::GetResponse reply;
  REQUIRE(reply.ParseFromString(EncodeResourceReply(row)));
  CHECK(reply.resource().spec().proto_spec() == proto);
  CHECK(reply.resource().spec().yaml_spec() == yaml);

  auto spec = std::make_unique<talos::resource::definitions::network::HostnameStatusSpec>();
  spec->set_hostname("n1");
  spec->set_domainname("example.org");
  const std::string bytes = spec->SerializeAsString();
  row.spec = SpecData::Of(std::move(spec));
  REQUIRE(reply.ParseFromString(EncodeResourceReply(row)));
  CHECK(reply.resource().spec().proto_spec() == bytes);
  CHECK(reply.resource().spec().yaml_spec() == "hostname: n1\ndomainname: example.org\n");
}

TEST_CASE("encode: large resources fit") {
  pb::GetResponse reply;
  REQUIRE(reply.ParseFromString(EncodeResourceReply(*Row("a", std::string(9 << 20, 'x')))));
  CHECK(reply.resource().spec().proto_spec().size() == 9 << 20);
}

TEST_CASE("encode: events carry the row, the one before it, and a bookmark") {
  const pb::Event created = Encoded({.type = WatchEvent::Type::kCreated,
                                     .resource = Row("a", "1"),
                                     .old = nullptr,
                                     .position = 4});
  CHECK(created.event_type() == pb::CREATED);
  CHECK(created.resource().spec().proto_spec() == "1");
  CHECK_FALSE(created.has_old());
  CHECK_FALSE(created.has_error());
  CHECK(created.bookmark() == EncodeBookmark(kServer, 4));

  const pb::Event updated = Encoded({.type = WatchEvent::Type::kUpdated,
                                     .resource = Row("a", "2"),
                                     .old = Row("a", "1"),
                                     .position = 5});
  CHECK(updated.event_type() == pb::UPDATED);
  CHECK(updated.resource().spec().proto_spec() == "2");
  CHECK(updated.old().spec().proto_spec() == "1");

  const pb::Event destroyed = Encoded({.type = WatchEvent::Type::kDestroyed,
                                       .resource = Row("a", "2"),
                                       .old = nullptr,
                                       .position = std::nullopt});
  CHECK(destroyed.event_type() == pb::DESTROYED);
  CHECK(destroyed.resource().metadata().version() == "3");
  CHECK_FALSE(destroyed.has_bookmark());
}

TEST_CASE("encode: what stands for no row has a tombstone") {
  const pb::Event gone = Encoded({.type = WatchEvent::Type::kDestroyed,
                                  .resource = nullptr,
                                  .old = nullptr,
                                  .position = std::nullopt},
                                 "a");
  CHECK(gone.event_type() == pb::DESTROYED);
  CheckTombstone(gone.resource(), "a");
  CHECK_FALSE(gone.has_bookmark());

  const pb::Event bootstrapped = Encoded({.type = WatchEvent::Type::kBootstrapped,
                                          .resource = nullptr,
                                          .old = nullptr,
                                          .position = -1});
  CHECK(bootstrapped.event_type() == pb::BOOTSTRAPPED);
  CheckTombstone(bootstrapped.resource(), "");
  CHECK(bootstrapped.bookmark() == EncodeBookmark(kServer, -1));

  const pb::Event noop = Encoded(
      {.type = WatchEvent::Type::kNoop, .resource = nullptr, .old = nullptr, .position = 7});
  CHECK(noop.event_type() == pb::NOOP);
  CheckTombstone(noop.resource(), "");
  CHECK(noop.bookmark() == EncodeBookmark(kServer, 7));
}

TEST_CASE("encode: an error has neither row nor bookmark") {
  std::string bytes;
  AppendErrorEvent("buffer overrun", bytes);
  pb::WatchResponse response;
  REQUIRE(response.ParseFromString(bytes));
  REQUIRE(response.event_size() == 1);
  CHECK(response.event(0).event_type() == pb::ERRORED);
  CHECK(response.event(0).error() == "buffer overrun");
  CHECK_FALSE(response.event(0).has_resource());
  CHECK_FALSE(response.event(0).has_bookmark());
}

TEST_CASE("encode: events appended one after another are one response") {
  const Kind kind{.ns = "test", .type = "Things"};
  const EventContext context{.server = kServer, .kind = kind, .id = "", .now = {}};
  std::string bytes;
  AppendEvent({.type = WatchEvent::Type::kCreated,
               .resource = Row("a", "1"),
               .old = nullptr,
               .position = 1},
              context, bytes);
  AppendEvent({.type = WatchEvent::Type::kCreated,
               .resource = Row("b", "2"),
               .old = nullptr,
               .position = 2},
              context, bytes);
  AppendErrorEvent("then this", bytes);
  pb::WatchResponse response;
  REQUIRE(response.ParseFromString(bytes));
  REQUIRE(response.event_size() == 3);
  CHECK(response.event(0).resource().metadata().id() == "a");
  CHECK(response.event(1).resource().metadata().id() == "b");
  CHECK(response.event(2).error() == "then this");
}

}  // namespace ichor::state
