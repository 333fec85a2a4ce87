#include "lib/yaml/rewrite.h"

#include <functional>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/yaml/read.h"

namespace ichor::yml {
namespace {

// The text after `change` was made to its tree.
std::string After(std::string text, const std::function<void(Node&, Source&)>& change) {
  Source source{.file = "a.yaml", .text = std::move(text)};
  Findings findings;
  const std::vector<Node> documents = ReadDocuments(source, findings);
  REQUIRE(findings.empty());
  Node after = documents[0];
  change(after, source);
  const auto size = static_cast<std::uint32_t>(source.text.size());
  return ApplyEdits(source.text, 0, size, EditsFor(documents[0], after));
}

void Add(Node& mapping, std::string_view key, Node value) {
  value.key = key;
  mapping.children.push_back(std::move(value));
}

constexpr const char* kText = R"(# top
a: 1 # one
b:
  # inside
  c: 'two'   # kept
  d: [x, y]

# above e
e:
  - name: p # first
    v: 1
  - name: q
)";

TEST_CASE("rewrite: a text that means the same stays as it is") {
  CHECK(After(kText, [](Node&, Source&) {}) == kText);
}

TEST_CASE("rewrite: a changed scalar keeps what stands around it") {
  const std::string text = After(kText, [](Node& root, Source& source) {
    root.Find("b")->Find("c")->text = "three";
    root.Find("e")->children[0].Find("v")->text = Keep(source, "2");
  });
  CHECK(text == R"(# top
a: 1 # one
b:
  # inside
  c: three   # kept
  d: [x, y]

# above e
e:
  - name: p # first
    v: 2
  - name: q
)");
}

TEST_CASE("rewrite: new keys stand behind the old ones, new items behind theirs") {
  const std::string text = After(kText, [](Node& root, Source& source) {
    Node mapping = MakeMapping(source);
    Add(mapping, "z", MakeText(source, "7"));
    Add(*root.Find("b"), "new", mapping);
    root.Find("e")->children.push_back(mapping);
    Add(root, "last", MakeText(source, "x\ny\n"));
    root.Find("b")->Find("d")->children.push_back(MakeText(source, "a, b"));
  });
  CHECK(text == R"(# top
a: 1 # one
b:
  # inside
  c: 'two'   # kept
  d: [x, y, 'a, b']
  new:
    z: "7"

# above e
e:
  - name: p # first
    v: 1
  - name: q
  - z: "7"
last: |
  x
  y
)");
}

TEST_CASE("rewrite: what is gone goes with its lines") {
  const std::string text = After(kText, [](Node& root, Source&) {
    root.children.erase(root.children.begin());
    root.Find("b")->children.pop_back();
    root.Find("e")->children.erase(root.Find("e")->children.begin());
  });
  CHECK(text == R"(# top
b:
  # inside
  c: 'two'   # kept

# above e
e:
  - name: q
)");
}

TEST_CASE("rewrite: the last key of a mapping leaves an empty one") {
  const std::string text = After("a:\n  b:\n    c: 1\n  d: 2\n", [](Node& root, Source&) {
    root.Find("a")->Find("b")->children.clear();
  });
  CHECK(text == "a:\n  b: {}\n  d: 2\n");
}

TEST_CASE("rewrite: a value may change its form") {
  const std::string text =
      After("a: 1 # x\nb:\n- p\n- q\nc: |\n  lines\n  more\nd:\n", [](Node& root, Source& source) {
        Node mapping = MakeMapping(source);
        Add(mapping, "z", MakePlain(source, "7"));
        mapping.key = "a";
        root.children[0] = mapping;
        mapping.key = "b";
        root.children[1] = mapping;
        root.children[2].text = "one";
        root.children[3].text = "two";
        root.children[3].kind = Node::Kind::kText;
      });
  CHECK(text == "a:\n    z: 7\nb:\n    z: 7\nc: one\nd: two\n");
}

TEST_CASE("rewrite: the first key behind a dash may go") {
  const std::string text = After("- a: 1\n  b: 2\n- c: 3\n", [](Node& root, Source&) {
    root.children[0].children.erase(root.children[0].children.begin());
  });
  CHECK(text == "- b: 2\n- c: 3\n");
}

TEST_CASE("rewrite: a text without a line break at its end gets one") {
  const std::string text =
      After("a: 1", [](Node& root, Source& source) { Add(root, "b", MakePlain(source, "2")); });
  CHECK(text == "a: 1\nb: 2\n");
}

}  // namespace
}  // namespace ichor::yml
