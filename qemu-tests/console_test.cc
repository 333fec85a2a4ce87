#include "qemu-tests/console.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::qemu {

TEST_CASE("console: between a kernel and its first program") {
  CHECK_FALSE(IsBeforeInit("BdsDxe: starting Boot0001"));
  CHECK(IsBeforeInit("[    0.000000] Linux version 6.12\n[    2.4] i8042: PNP"));
  CHECK_FALSE(IsBeforeInit("[    0.000000] Linux version 6.12\n[ 4.0] Run /init as init process"));
  CHECK(
      IsBeforeInit("[ 4.0] Run /init as init process\n[ 9.0] reboot: Restarting system\n"
                   "[    0.000000] Linux version 6.12"));
}

}  // namespace ichor::qemu
