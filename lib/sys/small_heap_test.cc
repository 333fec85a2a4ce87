#include "lib/sys/small_heap.h"

#include <sys/prctl.h>

#include <catch2/catch_test_macros.hpp>

namespace ichor::sys {
namespace {

TEST_CASE("a process that uses little memory has no huge pages") {
  UseLittleMemory();
  CHECK(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1);
}

}  // namespace
}  // namespace ichor::sys
