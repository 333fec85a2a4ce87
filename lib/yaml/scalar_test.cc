#include "lib/yaml/scalar.h"

#include "absl/strings/str_cat.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/yaml/document.h"
#include "lib/yaml/emit.h"

namespace ichor::yml {
namespace {

std::string Emitted(std::string_view text) {
  Emitter emitter;
  emitter.BeginMapping();
  emitter.Key("k");
  emitter.String(text);
  emitter.EndMapping();
  return std::move(emitter).Finish();
}

TEST_CASE("a string is written as go-yaml v3 writes it") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"eth0", "eth0"},
      {"a b", "a b"},
      {"http://x:80/#y", "http://x:80/#y"},
      {"10.0.0.1/24", "10.0.0.1/24"},
      {"::1", "::1"},
      {"[::1]:80", "'[::1]:80'"},
      {"", "\"\""},
      {" a", "' a'"},
      {"a ", "'a '"},
      {"a: b", "'a: b'"},
      {"a:", "'a:'"},
      {"a:b", "a:b"},
      {"#x", "'#x'"},
      {"a #x", "'a #x'"},
      {"a#x", "a#x"},
      {"- a", "'- a'"},
      {"-a", "-a"},
      {"---", "'---'"},
      {"it's", "it's"},
      {"'a'", "'''a'''"},
      {"\"a\"", "'\"a\"'"},
      {"{a}", "'{a}'"},
      {"a\tb", "\"a\\tb\""},
      {"\x01", "\"\\x01\""},
      {"é中", "é中"},
      {"😀", "\"\\U0001F600\""},
      {"\xEF\xBB\xBFx", "\"\\uFEFFx\""},
      {"\xC2\x85", "\"\\x85\""},
      {"\xE2\x80\xA8", "\"\\L\""},
      {"\xff\xfe", "!!binary //4="},
  }));
  CHECK(Emitted(text) == "k: " + expected + "\n");
}

TEST_CASE("a string that some reader would take for something else is quoted") {
  const std::string text = GENERATE(
      "true", "False", "null", "~", "y", "N", "yes", "no", "On", "OFF", "0", "-1", "0x10", "0o7",
      "017", "0b1", "1_000", "1.5", "1e3", ".5", ".inf", "-.INF", ".nan", "2001-01-01",
      "2001-01-01T00:00:00Z", "12:30:45", "<<", "08", "18446744073709551616");
  CHECK(Emitted(text) == "k: \"" + text + "\"\n");
}

TEST_CASE("several lines become a literal block where that keeps them") {
  CHECK(Emitted("a\nb\n") == "k: |\n    a\n    b\n");
  CHECK(Emitted("a\nb") == "k: |-\n    a\n    b\n");
  CHECK(Emitted("a\n\n") == "k: |+\n    a\n\n");
  CHECK(Emitted("a\n\n  b\n") == "k: |\n    a\n\n      b\n");
  CHECK(Emitted("# a: 'b'\n") == "k: |\n    # a: 'b'\n");
  CHECK(Emitted(" a\nb\n") == "k: \" a\\nb\\n\"\n");
  CHECK(Emitted("\na\n") == "k: \"\\na\\n\"\n");
  CHECK(Emitted("\n") == "k: \"\\n\"\n");
  CHECK(Emitted("a \nb\n") == "k: \"a \\nb\\n\"\n");
  CHECK(Emitted("a\r\nb\r\n") == "k: \"a\\r\\nb\\r\\n\"\n");
}

TEST_CASE("every string reads back as itself, as a value and as a key") {
  const std::string piece =
      GENERATE("a", "true", "0", "1.5", "-", "?", ":", " ", "\t", "\n", "#", "'", "\"", "\\", "{",
               "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "=", "<<", "~", "é", "\xC2\x85",
               "\xE2\x80\xA9", "😀", "\x1b", "\r");
  const std::string other =
      GENERATE("", "b", " ", "\n", ": ", "#", "'", "\\", "\n\n", "...", "2001-01-01");
  for (const std::string& text :
       {piece + other, other + piece, absl::StrCat("x", piece, other, "y\n")}) {
    Emitter emitter;
    emitter.BeginSequence();
    emitter.Item();
    emitter.BeginMapping();
    emitter.Key(text);
    emitter.String(text);
    emitter.EndMapping();
    emitter.Item();
    emitter.String(text);
    emitter.EndSequence();
    Source source{.file = {}, .text = std::move(emitter).Finish()};
    const auto root = ReadDocument(source);
    REQUIRE_THAT(root, base::IsOk());
    CHECK(root->children[0].children[0].key == text);
    CHECK(root->children[0].children[0].text == text);
    CHECK(root->children[1].text == text);
  }
}

}  // namespace
}  // namespace ichor::yml
