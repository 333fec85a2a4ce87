#include "lib/early/module_index.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::early {

TEST_CASE("modules: a pattern matches as in modules.alias") {
  CHECK(Matches("pci:v00001AF4d*sv*sd*bc*sc*i*",
                "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00"));
  CHECK_FALSE(Matches("pci:v00001AF4d*sv*sd*bc02sc*i*",
                      "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00"));
  CHECK(
      Matches("usb:v*p*d*dc*dsc*dp*ic08isc06ip[56]0in*", "usb:v1p2d3dc0dsc0dp0ic08isc06ip50in00"));
  CHECK_FALSE(Matches("ip[1-4]0", "ip50"));
  CHECK(Matches("", ""));
  CHECK(Matches("**", ""));
  CHECK_FALSE(Matches("a", ""));
  CHECK_FALSE(Matches("", "a"));
}

TEST_CASE("modules: a name is found with what it needs") {
  const auto* dep =
      "kernel/fs/erofs/erofs.ko: kernel/lib/a.ko kernel/lib/b.ko\nkernel/drivers/md/dm-mod.ko:\n";
  CHECK(FindDependencies(dep, "erofs") ==
        "kernel/fs/erofs/erofs.ko: kernel/lib/a.ko kernel/lib/b.ko");
  CHECK(FindDependencies(dep, "dm_mod") == "kernel/drivers/md/dm-mod.ko:");
  CHECK(FindDependencies(dep, "dm").empty());
}

TEST_CASE("modules: what shall be loaded before is found") {
  const auto* soft = "# comment\nsoftdep a post: z\nsoftdep libcrc32c pre: crc32c x post: y\n";
  CHECK(FindSoftDependencies(soft, "libcrc32c") == "crc32c x");
  CHECK(FindSoftDependencies(soft, "a").empty());
  CHECK(FindSoftDependencies(soft, "b").empty());
}

TEST_CASE("modules: options come from the kernel's command line") {
  CHECK(OptionsFor("quiet nvme-core.io_timeout=4294967295 nvme_core.x panic=10", "nvme_core")
            .view() == "io_timeout=4294967295 x");
  CHECK(OptionsFor("quiet", "nvme_core").empty());
}

TEST_CASE("modules: all drivers of a device are found") {
  std::string_view rest =
      "# comment\nalias virtio:d00000002v* virtio_blk\nalias virtio:d* other\nalias x y\n";
  CHECK(NextDriver(rest, "virtio:d00000002v00001AF4") == "virtio_blk");
  CHECK(NextDriver(rest, "virtio:d00000002v00001AF4") == "other");
  CHECK(NextDriver(rest, "virtio:d00000002v00001AF4").empty());
}

TEST_CASE("modules: the command line names those that are no drivers") {
  const char* const line = "quiet modprobe.blacklist=nouveau,e1000e x=1 modprobe.blacklist=snd-pcm";
  CHECK(IsDenied(line, "nouveau"));
  CHECK(IsDenied(line, "e1000e"));
  CHECK(IsDenied(line, "snd_pcm"));
  CHECK_FALSE(IsDenied(line, "e1000"));
  CHECK_FALSE(IsDenied(line, ""));
  CHECK_FALSE(IsDenied("", "nouveau"));
}

}  // namespace ichor::early
