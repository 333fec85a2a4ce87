#include "lib/yaml/document.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::yml {
namespace {

using base::IsOk;
using base::StatusIs;

// What is wrong with a text.
absl::Status Complaint(std::string_view text) {
  Source source{.file = {}, .text = std::string(text)};
  return ReadDocument(source).status();
}

TEST_CASE("document: it becomes a tree with places") {
  Source source{.file = {}, .text = "a: 1\nb:\n    - x\n    - 'y'\nc: {d: !!str 5, e: }\n"};
  const auto root = ReadDocument(source);
  REQUIRE_THAT(root, IsOk());
  REQUIRE(root->IsMapping());
  REQUIRE(root->children.size() == 3);
  const Node& a = root->children[0];
  CHECK(a.key == "a");
  CHECK(a.text == "1");
  CHECK(a.kind == Node::Kind::kPlain);
  CHECK(ToString(a.place()) == "1:4");
  const Node& b = root->children[1];
  CHECK(b.IsSequence());
  CHECK(b.children[1].kind == Node::Kind::kText);
  CHECK(ToString(b.children[1].place()) == "4:7");
  CHECK(ToString(b.key_place()) == "2:1");
  const Node& c = root->children[2];
  CHECK(c.children[0].kind == Node::Kind::kText);
  CHECK(c.children[1].IsNull());
}

TEST_CASE("document: binary data is decoded") {
  Source source{.file = {}, .text = "!!binary aGk="};
  const auto root = ReadDocument(source);
  REQUIRE_THAT(root, IsOk());
  CHECK(root->binary);
  CHECK(root->text == "hi");
  CHECK(Describe(*root) == "binary data");
}

TEST_CASE("document: what is not plain data is refused, with its place") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "1:1: no document"},
      {"a: &x 1", "1:4: an anchor (&); expected the value alone"},
      {"a: &x [1]\nb: *x", "1:4: an anchor (&); expected the value alone"},
      {"b: *x", "1:4: an alias (*); expected the value itself"},
      {"a: 1\n---\nb: 2", "3:1: a second document; expected one"},
      {"a: 1\nb: 2\na: 3", "3:1: duplicate key \"a\"; first at 1:1"},
      {"a: 1\n'a': 3", "2:1: duplicate key \"a\"; first at 1:1"},
      {"\"\\n\": 1\n\"\\n\": 2", "2:1: duplicate key \"\\n\"; first at 1:1"},
      {"<<: {a: 1}", "1:1: a merge key (<<); expected the keys themselves"},
      {"? [a]\n: b", "1:3: a list or mapping as a key; expected a scalar"},
      {"~: b", "1:1: a key that is null"},
      {"a: !foo b", "1:4: the tag \"!foo\"; expected a value without a tag"},
      {"a: !!int 1", "1:4: the tag \"tag:yaml.org,2002:int\"; expected a value without a tag"},
      {"a: !!binary '?'", "1:4: !!binary that is not base64"},
      {"a: \xff", "1:4: invalid leading UTF-8 octet"},
      {"b: 1\na: \x01", "2:4: control characters are not allowed"},
      {",x", "1:1: while parsing a block node: did not find expected node content"},
      {"a: [", "1:5: while parsing a flow node: did not find expected node content"},
  }));
  CHECK_THAT(Complaint(text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("document: depth and size have limits") {
  const std::string deep(kPlainData.max_depth, '[');
  const std::string shut(kPlainData.max_depth, ']');
  CHECK_THAT(Complaint(deep + shut), IsOk());
  CHECK_THAT(Complaint("[" + deep + shut + "]"),
             StatusIs(absl::StatusCode::kInvalidArgument, "1:65: nested deeper than 64"));
  CHECK_THAT(Complaint(std::string(100'000, '[')), !IsOk());
  std::string dashes;
  for (int i = 0; i < 1000; ++i)
    dashes += "- ";
  CHECK_THAT(Complaint(dashes),
             StatusIs(absl::StatusCode::kInvalidArgument, "1:129: nested deeper than 64"));
  CHECK_THAT(Complaint(std::string(kPlainData.max_bytes + 1, 'a')),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:1: 33554433 bytes of YAML; at most 33554432"));
}

TEST_CASE("document: a long value is cut in messages") {
  CHECK(Describe({.kind = Node::Kind::kText, .text = std::string(100, 'x')}) ==
        absl::StrCat("\"", std::string(60, 'x'), "\"…"));
  CHECK(Describe({.kind = Node::Kind::kPlain, .text = "~"}) == "null");
  CHECK(Describe({.kind = Node::Kind::kText, .text = "~"}) == "\"~\"");
}

}  // namespace
}  // namespace ichor::yml
