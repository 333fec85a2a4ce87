#include "lib/runtime/query.h"

#include <format>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using Operator = LabelTerm::Operator;

Metadata WithLabels(Labels labels) {
  Metadata metadata;
  metadata.id = "thing";
  metadata.labels = std::move(labels);
  return metadata;
}

Metadata WithId(std::string id) {
  Metadata metadata;
  metadata.id = std::move(id);
  return metadata;
}

Query Labelled(std::vector<LabelQuery> labels) {
  absl::StatusOr<Query> query = Query::Create(std::move(labels), "");
  REQUIRE_THAT(query, base::IsOk());
  return *std::move(query);
}

bool Compares(Operator op, const std::string& label, const std::string& value, bool invert) {
  return Labelled({{{.key = "k", .op = op, .values = {value}, .invert = invert}}})
      .Matches(WithLabels({{"k", label}}));
}

LabelQuery Terms(size_t count) {
  return LabelQuery(count, LabelTerm{.key = "k"});
}

}  // namespace

TEST_CASE("query: an empty query matches everything") {
  CHECK(Query().Matches(WithLabels({})));
  CHECK(Query().MatchesEverything());
  CHECK(Labelled({}).MatchesEverything());
  // A query without terms holds for every resource, but was asked for.
  CHECK(Labelled({{}}).Matches(WithLabels({})));
}

TEST_CASE("query: exists, equal and in look at a label that is there, or are inverted") {
  struct Case {
    Operator op;
    std::vector<std::string> values;
    bool matches;
  };
  const Case c = GENERATE(values<Case>({
      {.op = Operator::kExists, .values = {}, .matches = true},
      {.op = Operator::kEqual, .values = {"b"}, .matches = true},
      {.op = Operator::kEqual, .values = {"c"}, .matches = false},
      {.op = Operator::kEqual, .values = {""}, .matches = false},
      {.op = Operator::kEqual, .values = {"b", "c"}, .matches = true},
      {.op = Operator::kEqual, .values = {"c", "b"}, .matches = false},  // only the first counts
      {.op = Operator::kIn, .values = {"a", "b"}, .matches = true},
      {.op = Operator::kIn, .values = {"a", "c"}, .matches = false},
      {.op = Operator::kIn, .values = {}, .matches = false},
  }));
  const bool invert = GENERATE(false, true);
  const Query query = Labelled({{{.key = "k", .op = c.op, .values = c.values, .invert = invert}}});
  CHECK(query.Matches(WithLabels({{"k", "b"}})) == (c.matches != invert));
}

TEST_CASE("query: a missing label fails exists, equal and in, and passes their inverse") {
  const Operator op = GENERATE(Operator::kExists, Operator::kEqual, Operator::kIn);
  const bool invert = GENERATE(false, true);
  const Query query = Labelled({{{.key = "k", .op = op, .values = {"x"}, .invert = invert}}});
  CHECK(query.Matches(WithLabels({})) == invert);
  CHECK(query.Matches(WithLabels({{"other", "x"}})) == invert);
}

TEST_CASE("query: a missing label never matches a comparison, inverted or not") {
  const Operator op = GENERATE(Operator::kLess, Operator::kLessOrEqual, Operator::kLessNumeric,
                               Operator::kLessOrEqualNumeric);
  const bool invert = GENERATE(false, true);
  const Query query = Labelled({{{.key = "k", .op = op, .values = {"9"}, .invert = invert}}});
  CHECK_FALSE(query.Matches(WithLabels({})));
}

TEST_CASE("query: less and less-or-equal compare bytes") {
  const auto [label, value, less, less_or_equal] =
      GENERATE(table<std::string, std::string, bool, bool>({
          {"a", "b", true, true},
          {"b", "a", false, false},
          {"a", "a", false, true},
          {"10", "9", true, true},
          {"", "a", true, true},
          {"", "", false, true},
          {"Z", "a", true, true},
          {"\x7f", "\xc3\xa4", true, true},  // not signed characters
          {"ab", "a", false, false},
      }));
  const bool invert = GENERATE(false, true);
  CHECK(Compares(Operator::kLess, label, value, invert) == (less != invert));
  CHECK(Compares(Operator::kLessOrEqual, label, value, invert) == (less_or_equal != invert));
}

TEST_CASE("query: numeric comparisons take signs, spaces and units") {
  const auto [label, value, less, less_or_equal] =
      GENERATE(table<std::string, std::string, bool, bool>({
          {"9", "10", true, true},
          {"10", "10", false, true},
          {" 10\t", "\n10 ", false, true},
          {"-3", "2", true, true},
          {"2", "-3", false, false},
          {"007", "7", false, true},
          {"1k", "1000", false, true},
          {"1K", "1000", false, true},
          {"1Ki", "1024", false, true},
          {"1kI", "1024", false, true},
          {"1000", "1Ki", true, true},
          {"4 GiB", "4Gi", false, true},
          {"10kg", "10000", false, true},
          {"5 mouse", "5000000", false, true},
          {"5 mi", "5242880", false, true},
          {"1M", "1G", true, true},
          {"1G", "1T", true, true},
          {"1T", "1P", true, true},
          {"1Mi", "1048576", false, true},
          {"1Gi", "1073741824", false, true},
          {"1Ti", "1099511627776", false, true},
          {"1Pi", "1125899906842624", false, true},
          {"1P", "1000000000000000", false, true},
          {"-9223372036854775808", "9223372036854775807", true, true},
          {"9223372036854775807k", "0", true, true},  // the product wraps: -1000
          {"16384Pi", "0", false, true},              // and may wrap to 0
      }));
  const bool invert = GENERATE(false, true);
  INFO(label << " < " << value);
  CHECK(Compares(Operator::kLessNumeric, label, value, invert) == (less != invert));
  CHECK(Compares(Operator::kLessOrEqualNumeric, label, value, invert) == (less_or_equal != invert));
}

TEST_CASE("query: what is no number never matches a numeric comparison, inverted or not") {
  const std::string text = GENERATE(as<std::string>(), "", " ", "x", "+1", "1.5", "1-2", "--1", "-",
                                    "k", "1e3", "1_000", "0x10", "9223372036854775808",
                                    "-9223372036854775809", "99999999999999999999999", "1 x");
  const bool invert = GENERATE(false, true);
  const Operator op = GENERATE(Operator::kLessNumeric, Operator::kLessOrEqualNumeric);
  INFO("\"" << text << "\"");
  CHECK_FALSE(Compares(op, text, "5", invert));
  CHECK_FALSE(Compares(op, "5", text, invert));
}

TEST_CASE("query: terms are joined by and, queries by or, labels and id by and") {
  const LabelTerm a{.key = "a"};
  const LabelTerm b{.key = "b"};
  const Metadata only_a = WithLabels({{"a", ""}});
  const Metadata both = WithLabels({{"a", ""}, {"b", ""}});
  CHECK_FALSE(Labelled({{a, b}}).Matches(only_a));
  CHECK(Labelled({{a, b}}).Matches(both));
  CHECK(Labelled({{a}, {b}}).Matches(only_a));
  CHECK_FALSE(Labelled({{b}}).Matches(only_a));
  CHECK(Labelled({{b}, {}}).Matches(only_a));
  CHECK(Query::Create({{a}}, "^thing$")->Matches(only_a));
  CHECK_FALSE(Query::Create({{b}}, "^thing$")->Matches(only_a));
  CHECK_FALSE(Query::Create({{a}}, "^other$")->Matches(only_a));
}

TEST_CASE("query: a copy outlives the query it was made from") {
  Query copy;
  {
    const Query query = *Query::Create({{{.key = "a"}}}, "x");
    copy = query;
  }
  CHECK_FALSE(copy.Matches(WithId("x")));
  CHECK_FALSE(copy.MatchesEverything());
}

TEST_CASE("query: an operator without the value it needs is refused") {
  const Operator op = GENERATE(Operator::kEqual, Operator::kLess, Operator::kLessOrEqual,
                               Operator::kLessNumeric, Operator::kLessOrEqualNumeric);
  CHECK_THAT(Query::Create({{{.key = "role", .op = op}}}, ""),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "label query: key \"role\": expected a value, got none"));
}

TEST_CASE("query: a thousand terms pass, one more is refused, however they are spread") {
  CHECK_THAT(Query::Create({Terms(1000)}, ""), base::IsOk());
  CHECK_THAT(Query::Create({Terms(500), Terms(500)}, ""), base::IsOk());
  const std::string message = "label query: 1001 terms, expected at most 1000";
  const base::StatusIs refused(absl::StatusCode::kInvalidArgument, message);
  CHECK_THAT(Query::Create({Terms(1001)}, ""), refused);
  CHECK_THAT(Query::Create({Terms(500), Terms(501)}, ""), refused);
  CHECK_THAT(Query::Create(std::vector<LabelQuery>(1001), ""), refused);
  CHECK_THAT(Query::Create({Terms(1'000'000)}, ""),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "label query: 1000000 terms, expected at most 1000"));
}

TEST_CASE("query: a huge list of values counts against the limit") {
  LabelTerm term{.key = "k", .op = Operator::kIn, .values = std::vector<std::string>(1000)};
  CHECK_THAT(Query::Create({{term}}, ""), base::IsOk());
  term.values.resize(1'000'000);
  CHECK_THAT(Query::Create({{term}}, ""),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "label query: 62501 terms, expected at most 1000"));
}

TEST_CASE("query: an id expression is searched for anywhere in the id") {
  const auto [expression, id, matches] = GENERATE(table<std::string, std::string, bool>({
      {"", "anything", true},
      {"th0", "eth0", true},
      {"^th0", "eth0", false},
      {"^eth[0-9]+$", "eth12", true},
      {"^eth[0-9]+$", "eth", false},
      {"ETH", "eth0", false},
      {"(?i)ETH", "eth0", true},
      {"a|b", "xbx", true},
      {".", "", false},
      {"^$", "", true},
      {"^..$", "\xc3\xa4z", true},  // characters, not bytes
  }));
  INFO(expression << " in " << id);
  const absl::StatusOr<Query> query = Query::Create({}, expression);
  REQUIRE_THAT(query, base::IsOk());
  CHECK(query->Matches(WithId(id)) == matches);
}

TEST_CASE("query: an id expression that is no RE2 expression is refused with the reason") {
  const auto [expression, reason] = GENERATE(table<std::string, std::string>({
      {"(", "missing ): ("},
      {"[a", "missing ]: [a"},
      {"*", "no argument for repetition operator: *"},
      {"(?=a)", "invalid perl operator: (?="},
      {"\\1", "invalid escape sequence: \\1"},
      {"\xff", "invalid UTF-8"},
  }));
  CHECK_THAT(Query::Create({}, expression),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "failed to compile regexp: error parsing regexp: " + reason));
}

TEST_CASE("query: an id expression that would explode is refused") {
  const auto [expression, reason] = GENERATE(table<std::string, std::string>({
      {"a{1001}", "invalid repetition size: {1001}"},
      {"((a{100}){100}){100}", "invalid repetition size: {100}"},
      {"((((a{9}){9}){9}){9}){9}", "invalid repetition size: {9}"},
      {"(\\pL{100}){9}", "pattern too large - compile failed"},
  }));
  CHECK_THAT(Query::Create({}, expression),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "failed to compile regexp: error parsing regexp: " + reason));
}

TEST_CASE("query: an id expression that is too long is refused, and a deep one does no harm") {
  CHECK_THAT(Query::Create({}, std::string(4096, 'a')), base::IsOk());
  CHECK_THAT(Query::Create({}, std::string(4097, 'a')),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "failed to compile regexp: 4097 bytes, expected at most 4096"));
  const absl::StatusOr<Query> deep =
      Query::Create({}, std::string(2047, '(') + "a" + std::string(2047, ')'));
  REQUIRE_THAT(deep, base::IsOk());
  CHECK(deep->Matches(WithId("a")));
}

TEST_CASE("query: an expression that backtracks elsewhere takes linear time here") {
  const absl::StatusOr<Query> query = Query::Create({}, "^(a+)+(a+)+(a*)*$");
  REQUIRE_THAT(query, base::IsOk());
  CHECK_FALSE(query->Matches(WithId(std::string(100'000, 'a') + "!")));
}

}  // namespace ichor
