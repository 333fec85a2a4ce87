#include "lib/resource/yaml/read.h"

#include "absl/strings/str_cat.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

TEST_CASE("a document becomes a tree with places") {
  const auto root = ReadYaml("a: 1\nb:\n    - x\n    - 'y'\nc: {d: !!str 5, e: }\n");
  REQUIRE_THAT(root, IsOk());
  REQUIRE(root->kind == YamlNode::Kind::kMapping);
  REQUIRE(root->children.size() == 3);
  const YamlNode& a = root->children[0];
  CHECK(a.key == "a");
  CHECK(a.text == "1");
  CHECK(a.kind == YamlNode::Kind::kPlain);
  CHECK(ToString(a.place) == "1:4");
  const YamlNode& b = root->children[1];
  CHECK(b.kind == YamlNode::Kind::kSequence);
  CHECK(b.children[1].kind == YamlNode::Kind::kText);
  CHECK(ToString(b.children[1].place) == "4:7");
  CHECK(ToString(b.key_place) == "2:1");
  const YamlNode& c = root->children[2];
  CHECK(c.children[0].kind == YamlNode::Kind::kText);
  CHECK(c.children[1].IsNull());
}

TEST_CASE("binary data is decoded") {
  const auto root = ReadYaml("!!binary aGk=");
  REQUIRE_THAT(root, IsOk());
  CHECK(root->kind == YamlNode::Kind::kBinary);
  CHECK(root->text == "hi");
}

TEST_CASE("what is not plain data is refused, with its place") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "1:1: no document"},
      {"a: &x 1", "1:4: an anchor (&); expected the value alone"},
      {"a: &x [1]\nb: *x", "1:4: an anchor (&); expected the value alone"},
      {"a: 1\n---\nb: 2", "2:1: a second document; expected one"},
      {"a: 1\nb: 2\na: 3", "3:1: duplicate key \"a\"; first at 1:1"},
      {"a: 1\n'a': 3", "2:1: duplicate key \"a\"; first at 1:1"},
      {"<<: {a: 1}", "1:1: a merge key (<<); expected the keys themselves"},
      {"? [a]\n: b", "1:3: a list or mapping as a key; expected a scalar"},
      {"~: b", "1:1: a key that is null"},
      {"a: !foo b", "1:4: the tag \"!foo\"; expected a value without a tag"},
      {"a: !!int 1", "1:4: the tag \"tag:yaml.org,2002:int\"; expected a value without a tag"},
      {"a: !!binary '?'", "1:4: !!binary that is not base64"},
      {"a: \xff", "1:4: a byte that is not UTF-8"},
      {"b: 1\na: \x01", "2:4: a control character"},
      {"a: \"\\N\"", "1:4: an escape that is not supported; expected \\uXXXX"},
      {",x", "1:1: a second document; expected one"},
      {"a: [", "1:1: end of sequence flow not found"},
  }));
  CHECK_THAT(ReadYaml(text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("depth and size have limits") {
  const std::string deep(kMaxYamlDepth, '[');
  const std::string shut(kMaxYamlDepth, ']');
  CHECK_THAT(ReadYaml(deep + shut), IsOk());
  CHECK_THAT(ReadYaml("[" + deep + shut + "]"),
             StatusIs(absl::StatusCode::kInvalidArgument, "1:65: nested deeper than 64"));
  CHECK_THAT(ReadYaml(std::string(100'000, '[')), !IsOk());
  std::string dashes;
  for (int i = 0; i < 1000; ++i)
    dashes += "- ";
  CHECK_THAT(ReadYaml(dashes),
             StatusIs(absl::StatusCode::kInvalidArgument, "1:129: nested deeper than 64"));
  const std::string large(kMaxYamlBytes + 1, 'a');
  CHECK_THAT(ReadYaml(large), StatusIs(absl::StatusCode::kInvalidArgument,
                                       "1:1: 33554433 bytes of YAML; at most 33554432"));
}

TEST_CASE("a long value is cut in messages") {
  CHECK(Describe({.kind = YamlNode::Kind::kText, .text = std::string(100, 'x')}) ==
        absl::StrCat("\"", std::string(60, 'x'), "\"…"));
  CHECK(Describe({.kind = YamlNode::Kind::kPlain, .text = "~"}) == "null");
  CHECK(Describe({.kind = YamlNode::Kind::kText, .text = "~"}) == "\"~\"");
}

}  // namespace
}  // namespace ichor
