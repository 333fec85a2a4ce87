#include "lib/yaml/emit.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::yml {
namespace {

TEST_CASE("blocks are laid out as go-yaml v3 does it") {
  Emitter emitter;
  emitter.BeginMapping();
  emitter.Key("list");
  emitter.BeginSequence();
  emitter.Item();
  emitter.BeginMapping();
  emitter.Key("a");
  emitter.Plain("1");
  emitter.Key("b");
  emitter.BeginMapping();
  emitter.Key("c");
  emitter.String("x\ny\n");
  emitter.EndMapping();
  emitter.EndMapping();
  emitter.Item();
  emitter.BeginSequence();
  emitter.Item();
  emitter.String("p");
  emitter.Item();
  emitter.String("q\nr");
  emitter.EndSequence();
  emitter.EndSequence();
  emitter.Key("empty");
  emitter.BeginMapping();
  emitter.EndMapping();
  emitter.Key("none");
  emitter.BeginSequence();
  emitter.EndSequence();
  emitter.EndMapping();
  const std::string layout = std::move(emitter).Finish();
  CHECK(layout ==
        "list:\n"
        "    - a: 1\n"
        "      b:\n"
        "        c: |\n"
        "            x\n"
        "            y\n"
        "    - - p\n"
        "      - |-\n"
        "        q\n"
        "        r\n"
        "empty: {}\n"
        "none: []\n");
}

TEST_CASE("a key too long to stand before its colon stands behind a question mark") {
  const std::string key(129, 'k');
  Emitter emitter;
  emitter.BeginMapping();
  emitter.Key(key);
  emitter.BeginMapping();
  emitter.Key(key);
  emitter.Plain("1");
  emitter.EndMapping();
  emitter.EndMapping();
  const std::string text = std::move(emitter).Finish();
  CHECK(text == "? " + key + "\n:\n    ? " + key + "\n    : 1\n");
}

TEST_CASE("a plain scalar of several lines is quoted, one of a line is not") {
  Emitter folded;
  folded.Plain("a\nb: c");
  const std::string text = std::move(folded).Finish();
  CHECK(text == "|-\n    a\n    b: c\n");
  Emitter number;
  number.Plain("0x1f");
  const std::string plain = std::move(number).Finish();
  CHECK(plain == "0x1f\n");
}

TEST_CASE("a scalar may stand alone") {
  Emitter text;
  text.String("a\nb\n");
  const std::string literal = std::move(text).Finish();
  CHECK(literal == "|\n    a\n    b\n");
  Emitter empty;
  empty.BeginMapping();
  empty.EndMapping();
  const std::string mapping = std::move(empty).Finish();
  CHECK(mapping == "{}\n");
}

}  // namespace
}  // namespace ichor::yml
