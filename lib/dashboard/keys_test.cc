#include "lib/dashboard/keys.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"

namespace ichor::dashboard {
namespace {

using Keys = std::vector<Key>;

}  // namespace

TEST_CASE("keys: function keys come in the forms of several terminals") {
  KeyReader reader;
  CHECK(reader.Read(GENERATE("\x1b[[B", "\x1bOQ", "\x1b[12~", "2")) == Keys{Key::kF2});
}

TEST_CASE("keys: arrows and letters move, and q ends") {
  KeyReader reader;
  CHECK(reader.Read("\x1b[D\x1b[Chl\x1b[Ajk\x1b[B") == Keys{Key::kLeft, Key::kRight, Key::kLeft,
                                                            Key::kRight, Key::kUp, Key::kDown,
                                                            Key::kUp, Key::kDown});
  CHECK(reader.Read("\x1aq\x03") == Keys{Key::kPause, Key::kQuit, Key::kQuit});
}

TEST_CASE("keys: while something is typed, letters are letters") {
  KeyReader reader;
  std::string typed;
  for (const Stroke& stroke : reader.ReadTyped("h1q\x1b[A\x7f\t\x1b[Z\r\x1a\x1bOP")) {
    typed += stroke.key == Key::kLetter ? std::string(1, stroke.letter)
                                        : std::to_string(static_cast<int>(stroke.key)) + " ";
  }
  CHECK(typed == "h1q6 11 7 6 10 0 ");
}

TEST_CASE("keys: a sequence may come in pieces, and what is none of ours is nothing") {
  KeyReader reader;
  CHECK(reader.Read("\x1b").empty());
  CHECK(reader.Read("[1").empty());
  CHECK(reader.Read("1~x\x1b[15~\x1b[200;5Rq") == Keys{Key::kF1, Key::kQuit});
}

}  // namespace ichor::dashboard
