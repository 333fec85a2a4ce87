#include "lib/yaml/read.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::yml {
namespace {

struct Result {
  SourcePtr source;
  std::vector<Node> documents;
  Findings findings{};
};

Result Read(std::string text) {
  Result result{
      .source = std::make_shared<Source>(Source{.file = "a.yaml", .text = std::move(text)}),
      .documents = {}};
  result.documents = ReadDocuments(*result.source, result.findings);
  return result;
}

// All findings, one a line.
std::string Complaint(std::string text) {
  std::string lines;
  for (const Finding& finding : Read(std::move(text)).findings) {
    lines += ToString(finding) + "\n";
  }
  return lines;
}

std::string_view TextOf(const Node& node) {
  return std::string_view(node.source->text).substr(node.begin, node.end - node.begin);
}

TEST_CASE("yaml: values know the bytes they stand in") {
  const Result r = Read(
      "# comment\na: {b: [1, 'é', \"x\"]}\nc:\n  d: |\n    é\n    text\n\n  e: plain text # no\n");
  REQUIRE(r.documents.size() == 1);
  const Node& root = r.documents[0];
  CHECK(TextOf(*root.Find("a")) == "{b: [1, 'é', \"x\"]}");
  const Node& list = *root.Find("a")->Find("b");
  CHECK(TextOf(list.children[1]) == "'é'");
  CHECK(list.children[1].text == "é");
  CHECK(list.children[1].kind == Node::Kind::kText);
  CHECK(root.Find("c")->Find("d")->text == "é\ntext\n");
  CHECK(TextOf(*root.Find("c")->Find("e")) == "plain text");
  CHECK(TextOf(*root.Find("c")).ends_with("plain text"));
  CHECK(root.Find("c")->Find("e")->place().line == 8);
  CHECK(root.Find("c")->Find("e")->place().column == 6);
}

TEST_CASE("yaml: a stream has several documents, null ones too") {
  CHECK(Read("").documents.empty());
  CHECK(Read("# only a comment\n").documents.empty());
  const Result r = Read("a: 1\n---\n---\nb: 2\n...\n");
  REQUIRE(r.documents.size() == 3);
  CHECK(r.documents[1].IsNull());
  CHECK(r.documents[2].Find("b")->text == "2");
}

TEST_CASE("yaml: a byte order mark and CRLF are read over") {
  const Result r = Read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb:\r\n  - x\r\n");
  CHECK(r.findings.empty());
  REQUIRE(r.documents.size() == 1);
  CHECK(r.documents[0].Find("a")->text == "1");
  CHECK(TextOf(r.documents[0].Find("b")->children[0]) == "x");
}

TEST_CASE("yaml: aliases and merge keys are replaced by what they stand for") {
  const Result r =
      Read("a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\nd:\n  <<: [*x, {z: 1, p: 9}]\n");
  CHECK(r.findings.empty());
  const Node& root = r.documents[0];
  CHECK(SameValue(*root.Find("a"), *root.Find("b")));
  CHECK(root.Find("c")->Find("p")->text == "1");
  CHECK(root.Find("c")->Find("q")->text == "3");
  CHECK(root.Find("d")->Find("p")->text == "1");
  CHECK(root.Find("d")->Find("z")->text == "1");
}

TEST_CASE("yaml: each complaint names its place") {
  CHECK(Complaint("a: 1\nb: 2\na: 3\n b: 4\n") ==
        "a.yaml:4:3: mapping values are not allowed in this context\n");
  CHECK(Complaint("a: 1\nb: 2\na: 3\nb: 4\n") ==
        "a.yaml:3:1: duplicate key \"a\"; first at 1:1\n"
        "a.yaml:4:1: duplicate key \"b\"; first at 2:1\n");
  CHECK(Complaint("a:\n\t- b\n") == "a.yaml:2:1: a tab; YAML is indented with spaces\n");
  CHECK(Complaint("~: 1\n") == "a.yaml:1:1: a key that is null\n");
  CHECK(Complaint("{[1]: 2}\n") == "a.yaml:1:2: a list or mapping as a key; expected a scalar\n");
  CHECK(Complaint("a: *x\n") == "a.yaml:1:4: no value is called &x before this\n");
  CHECK(Complaint("a: &x [*x]\n") == "a.yaml:1:8: no value is called &x before this\n");
  CHECK(Complaint("a: !odd 1\n") ==
        "a.yaml:1:4: the tag \"!odd\"; expected a value without a tag\n");
  CHECK(Complaint("a: {<<: 1}\n") == "a.yaml:1:9: a merge key (<<) without a mapping\n");
  CHECK(Complaint("a: [1\n") ==
        "a.yaml:2:1: while parsing a flow sequence: did not find expected ',' or ']'\n");
  CHECK(Complaint("a: \xFF\n") == "a.yaml:1:4: invalid leading UTF-8 octet\n");
  CHECK(Complaint("\xFF\xFE"
                  "a") == "a.yaml:1:1: invalid leading UTF-8 octet\n");
}

TEST_CASE("yaml: of very many mistakes the first thousand are told, and soon") {
  std::string text;
  for (int i = 0; i < 300'000; ++i) {
    text += "a: 1\n";
  }
  const Result r = Read(std::move(text));
  REQUIRE(r.findings.size() == 1000);
  CHECK(ToString(r.findings.back()) == "a.yaml:1001:1: duplicate key \"a\"; first at 1000:1");
}

TEST_CASE("yaml: nesting and the values that aliases multiply are bounded") {
  CHECK(Complaint(std::string(200, '[')) == "a.yaml:1:101: nested deeper than 100\n");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string n = std::to_string(i);
    const std::string p = "*a" + std::to_string(i - 1);
    bomb.append("a").append(n).append(": &a").append(n).append(" [");
    for (int j = 0; j < 9; ++j) {
      bomb.append(p).append(", ");
    }
    bomb += p + "]\n";
  }
  CHECK(Complaint(bomb).ends_with("more than 4194304 values\n"));
}

}  // namespace
}  // namespace ichor::yml
