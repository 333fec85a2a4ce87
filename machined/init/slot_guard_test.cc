#include "machined/init/slot_guard.h"

#include <catch2/catch_test_macros.hpp>

namespace ichor::init {

TEST_CASE("slot guard: a committed slot asks for the other one, once") {
  CHECK(RemedyFor(true, true, 0) == Remedy::kAsk);
  CHECK(RemedyFor(true, true, 1) == Remedy::kNone);
  CHECK(RemedyFor(true, false, 0) == Remedy::kNone);
}

TEST_CASE("slot guard: a slot on trial leaves it to the loader, which counts") {
  CHECK(RemedyFor(false, true, 0) == Remedy::kRestart);
  CHECK(RemedyFor(false, false, 2) == Remedy::kRestart);
}

}  // namespace ichor::init
