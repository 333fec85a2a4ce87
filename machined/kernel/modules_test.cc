#include "machined/kernel/modules.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor {

TEST_CASE("modules: the kernel's lines are read, others are left out") {
  const auto modules = ParseModules(
      "virtio_net 98304 0 - Live 0x0000000000000000\n"
      "net_failover 24576 1 virtio_net,other, Loading 0xffffffffc0a00000 (OE)\n"
      "x y 0 - Live 0\n\nbroken\n"
      "last 1 - - Live 0x0");
  REQUIRE(modules.size() == 3);
  CHECK(modules[0].name == "virtio_net");
  CHECK(modules[0].size_bytes == 98'304);
  CHECK(modules[0].dependents.empty());
  CHECK(modules[1].references == 1);
  CHECK(modules[1].dependents == std::vector<std::string>{"virtio_net", "other"});
  CHECK(modules[1].state == "Loading");
  CHECK(modules[1].address == "0xffffffffc0a00000");
  CHECK(modules[2].references == 0);
}

TEST_CASE("modules: names of what is built in") {
  CHECK(ParseBuiltinModules("kernel/fs/xfs/xfs.ko\nkernel/drivers/block/virtio-blk.ko.xz\n\n"
                            "kernel/fs/xfs/xfs.ko\nplain.ko") ==
        std::vector<std::string>{"plain", "virtio_blk", "xfs"});
}

}  // namespace ichor
