#include "lib/config/json_patch.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/yaml/read.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

Node Read(const SourcePtr& source, Findings& findings) {
  std::vector<Node> documents = ReadDocuments(*source, findings);
  REQUIRE(documents.size() == 1);
  return documents[0];
}

// The document after the patch on one line, or what is wrong.
std::string Patched(std::string document, std::string patch) {
  const auto left = std::make_shared<Source>(Source{.text = std::move(document)});
  const auto right = std::make_shared<Source>(Source{.file = "p", .text = std::move(patch)});
  Findings findings;
  Node root = Read(left, findings);
  const JsonPatch parsed = MakeJsonPatch(right, Read(right, findings), findings);
  if (!findings.empty()) return std::string(ToStatus(findings).message());
  const absl::Status status = Apply(parsed, root);
  return status.ok() ? WriteFlow(root) : std::string(status.message());
}

TEST_CASE("json patch: each operation does what RFC 6902 says") {
  CHECK(Patched("{a: 1}", "[{op: add, path: /b, value: {c: [1]}}]") == "{a: 1, b: {c: [1]}}");
  CHECK(Patched("{a: 1}", "[{op: add, path: /a, value: 2}]") == "{a: 2}");
  CHECK(Patched("{a: [1, 3]}", "[{op: add, path: /a/1, value: 2}]") == "{a: [1, 2, 3]}");
  CHECK(Patched("{a: [1]}", "[{op: add, path: /a/-, value: 2}]") == "{a: [1, 2]}");
  CHECK(Patched("{a: [1]}", "[{op: add, path: /a/1, value: 2}]") == "{a: [1, 2]}");
  CHECK(Patched("{a: 1, b: 2}", "[{op: remove, path: /a}]") == "{b: 2}");
  CHECK(Patched("{a: [1, 2]}", "[{op: remove, path: /a/0}]") == "{a: [2]}");
  CHECK(Patched("{a: {b: 1}}", "[{op: replace, path: /a/b, value: null}]") == "{a: {b: null}}");
  CHECK(Patched("{a: {b: 1}, c: {}}", "[{op: move, from: /a/b, path: /c/d}]") ==
        "{a: {}, c: {d: 1}}");
  CHECK(Patched("{a: {b: 1}}", "[{op: copy, from: /a, path: /c}]") == "{a: {b: 1}, c: {b: 1}}");
  CHECK(Patched("{a: {b: 1, c: 2}}", "[{op: test, path: /a, value: {c: 2, b: 1}}]") ==
        "{a: {b: 1, c: 2}}");
  CHECK(Patched("{a/b: 1, m~n: 2}",
                "[{op: remove, path: /a~1b}, {op: replace, path: /m~0n, value: 3}]") == "{m~n: 3}");
}

TEST_CASE("json patch: what does not fit names the operation and the place") {
  CHECK(Patched("{a: 1}", "[{op: remove, path: /b}]") == "p:1:2: nothing is at /b");
  CHECK(Patched("{a: 1}", "[{op: add, path: /b/c, value: 1}]") == "p:1:2: nothing is at /b");
  CHECK(Patched("{a: [1]}", "[{op: add, path: /a/2, value: 1}]") == "p:1:2: nothing is at /a/2");
  CHECK(Patched("{a: [1]}", "[{op: remove, path: /a/-}]") == "p:1:2: nothing is at /a/-");
  CHECK(Patched("{a: [1]}", "[{op: remove, path: /a/00}]") == "p:1:2: nothing is at /a/00");
  CHECK(Patched("{a: 1}", "[{op: test, path: /a, value: 2}]") ==
        "p:1:2: the test of /a failed: got \"1\", expected \"2\"");
  CHECK(Patched("{a: 1}", "[{op: remove, path: ''}]") ==
        "p:1:2: the whole document cannot be removed");
}

TEST_CASE("json patch: an operation that is none is refused before anything is done") {
  CHECK(Patched("{}", "[{op: del, path: /a}]") ==
        "p:1:7: op: got \"del\", expected one of add, remove, replace, move, copy, test");
  CHECK(Patched("{}", "[{op: add, value: 1}]") == "p:1:2: an operation without \"path\"");
  CHECK(Patched("{}", "[{op: add, path: /a}]") == "p:1:2: an operation without \"value\"");
  CHECK(Patched("{}", "[{op: move, path: /a}]") == "p:1:2: an operation without \"from\"");
  CHECK(Patched("{}", "[{op: remove, path: a}]") ==
        "p:1:21: path: got \"a\", expected a pointer such as /a/b/0");
}

}  // namespace
}  // namespace ichor::config
