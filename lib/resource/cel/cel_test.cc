#include "lib/resource/cel/cel.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using google::api::expr::v1alpha1::CheckedExpr;

std::string Canonical(std::string_view text) {
  const auto expression = CelFromText(text);
  REQUIRE_THAT(expression, IsOk());
  const auto printed = CelToText(*expression);
  REQUIRE_THAT(printed, IsOk());
  const auto again = CelFromText(*printed);
  REQUIRE_THAT(again, IsOk());
  CHECK(google::protobuf::util::MessageDifferencer::Equals(*again, *expression));
  return *printed;
}

TEST_CASE("an expression keeps its text") {
  const std::string text = GENERATE(
      "true", "null", "1", "-1", "10u", "1.5", "-9223372036854775808", "1e+100",
      "\"a\\n\\\"b\\\"\"", "b\"a\\377\"", "a", ".a", "a.b.c", "a[0]", "a[b].c", "f()", "a.f(b, c)",
      "!a", "-a", "-(1)", "-(-1)", "-(1.a)", "-(-1.a)", "-1.a", "!(-a)", "[]", "[1, \"b\"]", "{}",
      "{\"a\": 1, b: c}", "a.B{c: 1, d: e}", "a ? b : c", "a ? b : c ? d : e",
      "(a ? b : c) ? d : e", "a ? (b ? c : d) : e", "a || b && c", "(a || b) && c", "a == b",
      "a in [1]", "a == b == c", "a == (b == c)", "a - b - c", "a - (b - c)", "a * (b + c)",
      "(a + b).c", "(a + b)[c]", "-a.b", "(-a).b", "!a.b", "a % 2 == 0", "has(a.b)",
      "a.all(b, b > 1)", "a.exists(b, b.c)", "a.exists_one(b, true)", "a.map(b, b * 2)",
      "a.map(b, b > 1, b * 2)", "a.filter(b, has(b.c))", "a.map(b, b.filter(c, c)).exists(d, d)",
      "disk.transport != \"usb\" && disk.size > 6u * GiB && !disk.readonly",
      "system_disk || disk.symlinks.exists(s, s.startsWith(\"/dev/disk/by-id\"))");
  CHECK(Canonical(text) == text);
}

TEST_CASE("several spellings mean the same") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"( ( a ) )", "a"},
      {"a&&b// all\n&&c", "a && b && c"},
      {"a && (b && c)", "a && b && c"},
      {"(a || b) || (c || d)", "a || b || c || d"},
      {"!!a", "a"},
      {"!!!a", "!a"},
      {"--a", "a"},
      {"--1", "-(-1)"},
      {"(a == b) == c", "a == b == c"},
      {"!(-1)", "!-1"},
      {"0x1F", "31"},
      {"0xAu", "10u"},
      {"1e2", "100.0"},
      {".5", "0.5"},
      {"'it''s'", ""},
      {"'a'", "\"a\""},
      {"r'\\d'", "\"\\\\d\""},
      {"'''a\n'b'''", "\"a\\n'b\""},
      {"'\\x41\\u00e9\\U0001F600\\101'", "\"Aé😀A\""},
      {"b'\\x41\\xff'", "b\"A\\377\""},
      {"[1, 2,]", "[1, 2]"},
      {"{1: 2,}", "{1: 2}"},
  }));
  if (expected.empty()) {
    CHECK_THAT(CelFromText(text), !IsOk());
  } else {
    CHECK(Canonical(text) == expected);
  }
}

TEST_CASE("a macro is expanded, and its call is kept") {
  const auto actual = CelFromText("a.all(b, c)");
  REQUIRE_THAT(actual, IsOk());
  const auto& fold = actual->expr().comprehension_expr();
  CHECK(fold.iter_var() == "b");
  CHECK(fold.loop_condition().call_expr().function() == "@not_strictly_false");
  CHECK(fold.loop_step().call_expr().args(1).ident_expr().name() == "c");
  REQUIRE(actual->source_info().macro_calls().contains(actual->expr().id()));
  CHECK(actual->source_info().macro_calls().at(actual->expr().id()).call_expr().function() ==
        "all");
}

TEST_CASE("a long chain becomes a shallow tree") {
  std::string text = "a";
  for (int i = 0; i < 1000; ++i)
    text += " || a";
  CHECK(Canonical(text) == text);
}

TEST_CASE("what is no expression is refused, with its place") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "at 0: got the end, expected an expression"},
      {"a b", "at 2: got \"b\", expected an operator or the end"},
      {"a &&", "at 4: got the end, expected an expression"},
      {"(a", "at 2: got the end, expected )"},
      {"a ? b", "at 5: got the end, expected :"},
      {"a.1", "at 1: got \".1\", expected an operator or the end"},
      {"a.", "at 2: got the end, expected a field or function"},
      {"!-a", "at 1: got \"-\", expected an expression"},
      {"f(a,)", "at 4: got \")\", expected an expression"},
      {"for", "at 0: got \"for\", expected a name"},
      {"a{b c}", "at 4: got \"c\", expected :"},
      {"'a", "at 0: a character or string that CEL does not have here"},
      {"a & b", "at 2: a character or string that CEL does not have here"},
      {"'\\q'", "at 0: a string with the escape \\q"},
      {"9223372036854775808", "at 0: an integer that is larger than 64 bits"},
      {"99999999999999999999", "at 0: an integer that is not one, or is larger than 64 bits"},
      {"'\xff'", "at 0: a text that is not UTF-8"},
      {"1e999", "at 0: a number that is too large or too small"},
  }));
  CHECK_THAT(CelFromText(text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("depth and size have limits") {
  const std::string open = GENERATE("(", "[", "!(", "f(", "a?b:", "{1:", "1+(", "a[");
  std::string text;
  for (int i = 0; i < 10'000; ++i)
    text += open;
  CHECK_THAT(CelFromText(text + "a"), !IsOk());
  const std::string tail = GENERATE(".b", "[0]", "+a", ".f()", ".map(x, x)", ".all(x, y)");
  text = "a";
  for (int i = 0; i < 5'000; ++i)
    text += tail;
  CHECK_THAT(CelFromText(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                         "at 0: an expression that nests deeper than 40"));
  CHECK_THAT(CelFromText(std::string(kMaxCelBytes + 1, 'a')),
             StatusIs(absl::StatusCode::kInvalidArgument, "at 0: 65537 bytes; at most 65536"));
}

TEST_CASE("an expression that no text stands for is refused") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "no text stands for a part that is missing"},
      {"expr { const_expr { duration_value {} } }",
       "no text stands for a constant that is no literal"},
      {"expr { const_expr { double_value: inf } }", "no text stands for an infinite number"},
      {"expr { comprehension_expr {} }",
       "no text stands for a comprehension without its macro call"},
      {"expr { call_expr { function: '@x' } }", "no text stands for the function @x"},
      {"expr { id: 1 } source_info { macro_calls { key: 1 value { id: 1 } } }",
       "no text stands for an expression of this size"},
      {"expr { struct_expr { entries { field_key: 'a' optional_entry: true } } }",
       "no text stands for an optional entry"},
  }));
  CheckedExpr expression;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &expression));
  CHECK_THAT(CelToText(expression), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace ichor
