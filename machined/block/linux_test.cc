// This area over the real doors: whatever disks the machine has that runs the test.
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/linux_block_devices.h"
#include "lib/sys/linux_sysfs.h"
#include "lib/sys/linux_uevents.h"
#include "machined/block/register.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

TEST_CASE("block: every device of this machine is listed", "[kernel]") {
  const std::string devices = "/sys/class/block";
  if (!std::filesystem::is_directory(devices)) {
    SKIP("the kernel's devices are not to be seen here");
  }
  TestRuntime t;
  sys::LinuxSysfs sysfs;
  sys::LinuxBlockDevices disks;
  const auto uevents = sys::LinuxUevents::Create();
  REQUIRE_THAT(uevents, base::IsOk());
  const std::unique_ptr<Discovery> area = RegisterBlock(
      {t.runtime, *t.loop, t.executor, t.clock, sysfs, **uevents, disks}, ReadBootFacts(sysfs));
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  area->Start();
  t.runtime.Publish<runtime::DevicesStatus>("udevd", {{"devices", Text("ready: true")}});
  t.Settle();
  t.Advance(std::chrono::milliseconds(50));
  const auto rows = t.runtime.Read<block::BlockDevice>();
  for (const auto& entry : std::filesystem::directory_iterator(devices)) {
    CHECK(rows.find(entry.path().filename().string()) != rows.end());
  }
  CHECK(t.runtime.Read<block::DiscoveredVolumesStatus>().front().spec().ready());
  for (const auto& disk : t.runtime.Read<block::Disk>()) {
    UNSCOPED_INFO(disk.id() << ": " << disk.spec().ShortDebugString());
  }
  for (const auto& volume : t.runtime.Read<block::DiscoveredVolume>()) {
    UNSCOPED_INFO(volume.id() << ": " << volume.spec().ShortDebugString());
  }
  CHECK(!rows.empty());
}

}  // namespace ichor
