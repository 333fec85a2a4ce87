#include "lib/sys/volume/mount_table.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::sys {

TEST_CASE("mount table: what keeps a file system busy, the newest first") {
  constexpr const char* kTable =
      "21 1 0:20 / / rw shared:1 - erofs /dev/dm-0 ro\n"
      "30 21 254:6 / /var rw,nosuid shared:2 - xfs /dev/vda6 rw,prjquota\n"
      "31 21 0:40 / /opt rw - overlay /opt rw,lowerdir=/opt,upperdir=/var/system/o,workdir=/w\n"
      "32 21 0:41 / /run/c/a\\040b rw - overlay overlay rw,lowerdir=/x:/var/lib/1,upperdir=/y\n"
      "33 30 0:42 / /var/lib/kubelet/pods/1 rw - tmpfs tmpfs rw\n"
      "34 21 254:6 /log /run/log rw - xfs /dev/vda6 rw\n"
      "35 21 0:43 / /variant rw - tmpfs tmpfs rw,lowerdir=/variant/x\n"
      "broken\n";
  CHECK(MountsUpon(kTable, "/var") ==
        std::vector<std::string>{"/run/log", "/var/lib/kubelet/pods/1", "/run/c/a b", "/opt"});
  CHECK(MountsUpon(kTable, "/nowhere").empty());
}

}  // namespace ichor::sys
