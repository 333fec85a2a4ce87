// The partition table that a config's acceptance writes (lib/disk), before firmware and loaders.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/status_matchers.h"
#include "lib/disk/system_table.h"
#include "lib/disk/table_writes.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

// The image on a larger disk.
std::string FlashedDisk() {
  std::filesystem::create_directories(TestDirectory());
  const std::string path = TestDirectory() + "/disk.raw";
  REQUIRE_THAT(RunTool({"cp", "--sparse=always", "/ichor/build/image/amd64/disk.raw", path},
                       TestDirectory() + "/cp.log"),
               IsOk());
  std::filesystem::resize_file(path, kDiskBytes);
  return path;
}

// Gives it all partitions of a node's disk, and GUIDs of its own.
void Accept(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto read = [&](std::uint64_t offset, std::size_t size) -> absl::StatusOr<std::string> {
    std::string bytes(size, '\0');
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    return file ? absl::StatusOr<std::string>(bytes) : absl::DataLossError("read");
  };
  const auto image = disk::PartitionTable::Read({.size_bytes = kDiskBytes}, read);
  REQUIRE_THAT(image, IsOk());
  const auto table = disk::WithSystemPartitions(*image, disk::RandomGuid);
  REQUIRE_THAT(table, IsOk());
  const auto boot_record = read(0, table->geometry().sector_bytes);
  REQUIRE_THAT(boot_record, IsOk());
  for (const disk::TableWrite& write : disk::WritesFor(*table, *boot_record)) {
    file.seekp(static_cast<std::streamoff>(write.offset_bytes));
    file << write.bytes;
  }
  file.close();
  REQUIRE(file);
}

TEST_CASE("partitions: a table whose entries lie beside the old ones boots by UEFI and BIOS",
          "[boot][disks][amd64]") {
  const std::string path = FlashedDisk();
  Accept(path);
  for (const Firmware firmware : {Firmware::kUefi, Firmware::kBios}) {
    auto machine = Machine::Create({.firmware = firmware, .disks = {{.raw_file = path}}},
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
