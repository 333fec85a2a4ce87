// The partition table that a config's acceptance writes (lib/disk), before firmware and loaders.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/status_matchers.h"
#include "lib/disk/system_table.h"
#include "lib/disk/table_writes.h"
#include "qemu-tests/flashed_disk.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

// Gives it all partitions of a node's disk, and GUIDs of its own.
void Accept(const std::string& path) {
  const auto image = TableOf(path);
  REQUIRE_THAT(image, IsOk());
  const auto table = disk::WithSystemPartitions(*image, disk::RandomGuid);
  REQUIRE_THAT(table, IsOk());
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string boot_record(table->geometry().sector_bytes, '\0');
  file.read(boot_record.data(), static_cast<std::streamsize>(boot_record.size()));
  for (const disk::TableWrite& write : disk::WritesFor(*table, boot_record)) {
    file.seekp(static_cast<std::streamoff>(write.offset_bytes));
    file << write.bytes;
  }
  file.close();
  REQUIRE(file);
}

TEST_CASE("partitions: a table whose entries lie beside the old ones boots by UEFI and BIOS",
          "[boot][disks][amd64]") {
  std::filesystem::create_directories(TestDirectory());
  const std::string path = TestDirectory() + "/disk.raw";
  REQUIRE_THAT(FlashDisk(path, kDiskBytes), IsOk());
  Accept(path);
  for (const Firmware firmware : {Firmware::kUefi, Firmware::kBios}) {
    auto machine = Machine::Create({.firmware = firmware, .disks = {{.file = path}}},
                                   firmware == Firmware::kUefi ? "uefi" : "bios");
    REQUIRE_THAT(machine.status(), IsOk());
    REQUIRE_THAT(machine->Start(), IsOk());
    REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
    const auto volumes = machine->api().WaitFor<block::DiscoveredVolume>(
        "seven partitions", [](const auto& rows) { return rows.find("vda7") != rows.end(); });
    REQUIRE_THAT(volumes, IsOk());
    CHECK(volumes->find("vda5")->spec().partition_label() == disk::kRootB);
    CHECK(volumes->find("vda6")->spec().partition_label() == disk::kState);
    CHECK(volumes->find("vda7")->spec().partition_label() == disk::kEphemeral);
  }
}

}  // namespace
}  // namespace ichor::qemu
