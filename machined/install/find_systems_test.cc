#include "machined/install/find_systems.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/system_table.h"
#include "lib/sys/fake_block_devices.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;

void AddDisk(sys::FakeBlockDevices& devices, const std::string& path, bool accepted) {
  devices.Add(path, {}, std::string(8 * kMib, '\0'));
  disk::PartitionTable table({.size_bytes = 8 * kMib}, disk::RandomGuid());
  REQUIRE_THAT(table.Add("STATE", disk::RandomGuid(), disk::RandomGuid(), kMib), base::IsOk());
  if (accepted) {
    REQUIRE_THAT(disk::MarkAccepted(table), base::IsOk());
  }
  REQUIRE_THAT(WriteTable(devices, path, table), base::IsOk());
}

}  // namespace

TEST_CASE("find systems: those with the mark of acceptance, among disks of all kinds") {
  sys::FakeBlockDevices devices;
  AddDisk(devices, "/dev/sda", false);
  AddDisk(devices, "/dev/sdb", true);
  devices.Add("/dev/sdc", {}, std::string(8 * kMib, '\0'));
  AddDisk(devices, "/dev/sdd", true);
  devices.Add("/dev/sde", {}, "");
  devices.Fail("/dev/sde", absl::UnavailableError("it does not answer"));
  CHECK(FindAcceptedSystems(
            devices, {"/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde", "/dev/sdf"}) ==
        std::vector<std::string>{"/dev/sdb", "/dev/sdd"});
  CHECK(FindAcceptedSystems(devices, {}).empty());
}

}  // namespace ichor
