#include "lib/dashboard/keys.h"

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

TEST_CASE("keys: a sequence may come in pieces, and what is none of ours is nothing") {
  KeyReader reader;
  CHECK(reader.Read("\x1b").empty());
  CHECK(reader.Read("[1").empty());
  CHECK(reader.Read("1~x\x1b[15~\x1b[200;5Rq") == Keys{Key::kF1, Key::kQuit});
}

}  // namespace ichor::dashboard
