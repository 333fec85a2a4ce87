#include "lib/state/request.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"

namespace ichor::state {
namespace {

namespace pb = cosi::resource;
using base::IsOk;
using base::StatusIs;

constexpr std::string_view kServer = "server-1";

// The query of a list with these options, in text format.
absl::StatusOr<Query> ListQuery(const std::string& options) {
  const pb::ListOptions list = Text(options);
  return QueryOf(list.label_query(), list.id_query());
}

bool Matches(const std::string& options, const Labels& labels, const std::string& id = "") {
  const absl::StatusOr<Query> query = ListQuery(options);
  REQUIRE_THAT(query, IsOk());
  Metadata metadata;
  metadata.id = id;
  metadata.labels = labels;
  return query->Matches(metadata);
}

absl::StatusOr<WatchOptions> Watch(const std::string& request) {
  const pb::WatchRequest watch = Text(request);
  return WatchOptionsOf(watch, kServer);
}

absl::StatusOr<WatchOptions> Resume(const std::string& bookmark) {
  pb::WatchRequest watch;
  watch.mutable_options()->set_start_from_bookmark(bookmark);
  return WatchOptionsOf(watch, kServer);
}

const StatusIs kBadBookmark(absl::StatusCode::kFailedPrecondition, "invalid watch bookmark");

StatusIs Exhausted(std::string message) {
  return {absl::StatusCode::kResourceExhausted, std::move(message)};
}
StatusIs Invalid(std::string message) {
  return {absl::StatusCode::kInvalidArgument, std::move(message)};
}

absl::Status DecodeCreate(std::string_view bytes) {
  pb::CreateRequest request;
  return DecodeWrite(bytes, pb::CreateRequest::kResourceFieldNumber, request);
}

// A length-delimited field, by hand.
std::string Field(char tag, std::string_view bytes) {
  std::string field(1, tag);
  for (size_t size = bytes.size();; size >>= 7) {
    field.push_back(static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
    if (size <= 0x7f) {
      break;
    }
  }
  return field.append(bytes);
}

std::string Repeated(std::string_view element, size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += element;
  }
  return text;
}

constexpr size_t kMegabyte = 1 << 20;
constexpr char kFirst = 0x0a;   // field 1, length-delimited
constexpr char kSecond = 0x12;  // field 2

}  // namespace

TEST_CASE("request: what is no such message is refused") {
  pb::GetRequest request;
  CHECK_THAT(Decode("\xff", kMaxQueryBytes, request),
             Invalid("1 bytes are no valid cosi.resource.GetRequest"));
  CHECK_THAT(Decode("\x0a\x05yyy", kMaxQueryBytes, request),
             Invalid("5 bytes are no valid cosi.resource.GetRequest"));
  CHECK_THAT(Decode("\x0a\x02\xff\xfe", kMaxQueryBytes, request),
             Invalid("4 bytes are no valid cosi.resource.GetRequest"));  // no UTF-8
  CHECK_THAT(Decode("", kMaxQueryBytes, request), IsOk());
}

TEST_CASE("request: one byte too many is refused before it is looked at") {
  pb::GetRequest request;
  CHECK_THAT(Decode(std::string(11, '\xff'), 10, request),
             Exhausted("request of 11 bytes, expected at most 10"));
  const std::string just = Field(kFirst, std::string(6, 'a'));
  CHECK_THAT(Decode(just, just.size(), request), IsOk());
  CHECK_THAT(DecodeCreate(std::string(kMaxWriteBytes + 1, '\xff')),
             Exhausted("request of 33554433 bytes, expected at most 33554432"));
}

TEST_CASE("request: large metadata is refused before it is decoded") {
  // 2 MB of empty finalizers, 3 MB in all.
  const std::string metadata =
      Field(kFirst, Repeated(std::string_view("\x4a\x00", 2), 2 * kMegabyte));
  const std::string spec = Field(kSecond, Field(kFirst, std::string(kMegabyte, 's')));
  const StatusIs too_large = Exhausted("metadata of 2097152 bytes, expected at most 1048576");
  CHECK_THAT(DecodeCreate(Field(kFirst, metadata + spec)), too_large);
  SECTION("in whatever order") {
    CHECK_THAT(DecodeCreate(Field(kFirst, spec + metadata)), too_large);
  }
  SECTION("in several pieces") {
    const std::string half =
        Field(kFirst, Field(kFirst, Repeated(std::string_view("\x4a\x00", 2), kMegabyte)));
    CHECK_THAT(DecodeCreate(half + half), too_large);
  }
}

TEST_CASE("request: large malformed requests are not decoded up to where they are") {
  const std::string metadata =
      Field(kFirst, Repeated(std::string_view("\x4a\x00", 2), 2 * kMegabyte));
  const std::string tail =
      GENERATE(std::string("\xff"), std::string("\x00", 1), std::string("\x0a\x7f"),
               std::string("\x0b"), std::string("\x0c"));
  const std::string bytes = Field(kFirst, metadata) + tail;
  CHECK_THAT(DecodeCreate(bytes), Invalid(std::to_string(bytes.size()) +
                                          " bytes are no valid cosi.resource.CreateRequest"));
  const std::string inner = Field(kFirst, metadata + tail);
  CHECK_THAT(DecodeCreate(inner), Invalid(std::to_string(inner.size()) +
                                          " bytes are no valid cosi.resource.CreateRequest"));
}

TEST_CASE("request: what is unknown must not be large, a spec may") {
  const std::string unknown = Repeated("\x78\x01", 3 * kMegabyte);  // field 15
  CHECK_THAT(DecodeCreate(unknown),
             Exhausted("3145728 bytes beside the spec, expected at most 2097152"));
  CHECK_THAT(DecodeCreate(Field(kFirst, Field(kSecond, unknown))),
             Exhausted("3145738 bytes beside the spec, expected at most 2097152"));
  CHECK_THAT(DecodeCreate(Field(
                 kFirst, Field(kSecond, Field(kFirst, std::string(8 * kMegabyte, '\xff')) +
                                            Field(kSecond, std::string(8 * kMegabyte, 'y'))))),
             IsOk());
}

TEST_CASE("request: an update's resource is in another field") {
  pb::UpdateRequest request;
  const std::string metadata =
      Field(kFirst, Repeated(std::string_view("\x4a\x00", 2), 2 * kMegabyte));
  CHECK_THAT(
      DecodeWrite(Field(kSecond, metadata), pb::UpdateRequest::kNewResourceFieldNumber, request),
      Exhausted("metadata of 2097152 bytes, expected at most 1048576"));
}

TEST_CASE("request: each label operator means what its name says") {
  struct Case {
    std::string term;
    std::string value;  // of the label k
    bool matches;
    bool inverted;  // with invert
  };
  const Case c = GENERATE(values<Case>({
      {"op: EXISTS", "x", true, false},
      {"op: NOT_EXISTS", "x", false, false},  // its invert flag does not count
      {"op: EQUAL value: 'x'", "x", true, false},
      {"op: EQUAL value: 'y'", "x", false, true},
      {"op: EQUAL value: 'x' value: 'y'", "y", false, true},  // the first counts
      {"op: IN value: 'w' value: 'x'", "x", true, false},
      {"op: IN", "x", false, true},
      {"op: LT value: '9'", "10", true, false},
      {"op: LT value: 'x'", "x", false, true},
      {"op: LTE value: 'x'", "x", true, false},
      {"op: LTE value: '10'", "9", false, true},
      {"op: LT_NUMERIC value: '9'", "10", false, true},
      {"op: LT_NUMERIC value: '1Ki'", "1k", true, false},
      {"op: LTE_NUMERIC value: '10'", "10", true, false},
      {"op: LTE_NUMERIC value: 'x'", "10", false, false},
  }));
  INFO(c.term);
  CHECK(Matches("label_query { terms { key: 'k' " + c.term + " } }", {{"k", c.value}}) ==
        c.matches);
  CHECK(Matches("label_query { terms { key: 'k' invert: true " + c.term + " } }",
                {{"k", c.value}}) == c.inverted);
}

TEST_CASE("request: queries are alternatives, terms add up, and the id counts in any case") {
  const std::string both =
      "label_query { terms { key: 'a' } terms { key: 'b' } } label_query { terms { key: 'c' } } ";
  CHECK(Matches(both, {{"a", ""}, {"b", ""}}));
  CHECK(Matches(both, {{"c", ""}}));
  CHECK_FALSE(Matches(both, {{"a", ""}}));
  CHECK(Matches("label_query {}", {}));
  CHECK(Matches("", {}));
  CHECK(Matches(both + "id_query { regexp: '^eth' }", {{"c", ""}}, "eth0"));
  CHECK_FALSE(Matches(both + "id_query { regexp: '^eth' }", {{"c", ""}}, "lo"));
  CHECK(Matches("id_query { regexp: '' }", {}, "anything"));
}

TEST_CASE("request: queries that cannot be answered are refused") {
  CHECK_THAT(ListQuery("label_query { terms { key: 'k' op: 99 } }"),
             StatusIs(absl::StatusCode::kUnimplemented, "unsupported label query operator: 99"));
  const std::string op = GENERATE("EQUAL", "LT", "LTE", "LT_NUMERIC", "LTE_NUMERIC");
  CHECK_THAT(ListQuery("label_query { terms { key: 'k' op: " + op + " } }"),
             Invalid("label query: key \"k\": expected a value, got none"));
  CHECK_THAT(ListQuery("id_query { regexp: 'a(' }"),
             Invalid("failed to compile regexp: error parsing regexp: missing ): a("));
  pb::ListOptions many;
  for (int i = 0; i < 1001; ++i) {
    many.add_label_query()->add_terms()->set_key("k");
  }
  CHECK_THAT(QueryOf(many.label_query(), {}),
             Invalid("label query: 1001 terms, expected at most 1000"));
}

TEST_CASE("request: a watch of a kind takes all options that go together") {
  const auto options = Watch(
      "options { bootstrap_contents: true bootstrap_bookmark: true "
      "label_query { terms { key: 'k' } } id_query { regexp: '^a' } }");
  REQUIRE_THAT(options, IsOk());
  CHECK_FALSE(options->id.has_value());
  CHECK(options->bootstrap_contents);
  CHECK(options->bootstrap_bookmark);
  CHECK(options->tail_events == 0);
  CHECK_FALSE(options->resume.has_value());
  CHECK_FALSE(options->query.MatchesEverything());
  CHECK(Watch("")->query.MatchesEverything());
  CHECK(Watch("options { tail_events: 5 }")->tail_events == 5);
}

TEST_CASE("request: a watch of one id has no contents and no labels, and ignores the rest") {
  CHECK_THAT(Watch("id: 'a' options { bootstrap_contents: true }"),
             StatusIs(absl::StatusCode::kUnimplemented,
                      "bootstrap contents is not implemented for resource watch"));
  CHECK_THAT(Watch("id: 'a' options { label_query {} }"),
             StatusIs(absl::StatusCode::kUnimplemented,
                      "label query is not implemented for resource watch"));
  const auto options =
      Watch("id: '' options { tail_events: 3 bootstrap_bookmark: true id_query { regexp: '(' } }");
  REQUIRE_THAT(options, IsOk());
  CHECK(options->id == "");
  CHECK(options->tail_events == 3);
  CHECK_FALSE(options->bootstrap_bookmark);
  CHECK(options->query.MatchesEverything());
}

TEST_CASE("request: a watch begins at one place only") {
  const std::string bookmark =
      "start_from_bookmark: 'server-1\\000\\000\\000\\000\\000\\000\\000\\001' ";
  const std::string tail = "tail_events: 1 ";
  const std::string contents = "bootstrap_contents: true ";
  const StatusIs tail_and_bookmark = Invalid("cannot use both tail_events and start_from_bookmark");
  const StatusIs contents_too =
      Invalid("cannot use bootstrap_contents with tail_events or start_from_bookmark");
  CHECK_THAT(Watch("options { " + tail + bookmark + "}"), tail_and_bookmark);
  CHECK_THAT(Watch("id: 'a' options { " + tail + bookmark + "}"), tail_and_bookmark);
  CHECK_THAT(Watch("options { " + tail + contents + "}"), contents_too);
  CHECK_THAT(Watch("options { " + bookmark + contents + "}"), contents_too);
  CHECK_THAT(Watch("options { tail_events: 0 " + bookmark + "}"), IsOk());
  CHECK_THAT(Watch("options { tail_events: -1 " + contents + "}"), IsOk());
  CHECK(Watch("id: 'a' options { " + bookmark + "}")->resume == 1);
}

TEST_CASE("request: a bookmark comes back as the position it was made of") {
  const std::int64_t position =
      GENERATE(as<std::int64_t>(), -1, 0, 1, 255, 256, 0x0102030405060708,
               std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min());
  const std::string bookmark = EncodeBookmark(kServer, position);
  CHECK(bookmark.size() == 16);
  const auto options = Resume(bookmark);
  REQUIRE_THAT(options, IsOk());
  CHECK(options->resume == position);
}

TEST_CASE("request: a bookmark is its server's eight bytes and a big-endian number") {
  CHECK(EncodeBookmark(kServer, 0x0102) == std::string("server-1\0\0\0\0\0\0\1\2", 16));
  CHECK(EncodeBookmark(kServer, -1) == "server-1\xff\xff\xff\xff\xff\xff\xff\xff");
}

TEST_CASE("request: bookmarks of others, short and long ones are refused") {
  const std::string good = EncodeBookmark(kServer, 1);
  for (size_t length = 0; length < good.size(); ++length) {
    CHECK_THAT(Resume(good.substr(0, length)), kBadBookmark);
  }
  CHECK_THAT(Resume(good + "x"), kBadBookmark);
  CHECK_THAT(Resume(EncodeBookmark("server-2", 1)), kBadBookmark);
  CHECK_THAT(Resume(std::string(100'000, 's')), kBadBookmark);
}

}  // namespace ichor::state
