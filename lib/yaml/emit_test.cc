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
