#include "lib/sys/wait_status.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::sys {

TEST_CASE("wait status: exits and signals are told apart") {
  CHECK(DescribeWaitStatus(0) == "exited with 0");
  CHECK(Succeeded(0));
  CHECK(DescribeWaitStatus(3 << 8) == "exited with 3");
  CHECK_FALSE(Succeeded(3 << 8));
  CHECK(DescribeWaitStatus(9) == "killed by signal 9 (Killed)");
  CHECK(DescribeWaitStatus(11 | 0x80) == "killed by signal 11 (Segmentation fault)");  // with core
  CHECK_FALSE(Succeeded(9));
}

}  // namespace ichor::sys
