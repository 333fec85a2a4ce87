// The system goes from the medium that was booted to another disk, and with that to another
// machine.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/node_traits.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kGib = std::uint64_t{1} << 30U;
constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;

// The label of an LVM2 physical volume, in its second sector: pvcreate(8).
std::string LvmLabel() {
  constexpr std::size_t kLabel = 512;
  constexpr std::size_t kSummed = 20;  // from here to the sector's end
  std::string label(kLabel, '\0');
  label.replace(0, 8, "LABELONE");
  label[8] = 1;  // the sector
  label[20] = 32;
  label.replace(24, 8, "LVM2 001");
  label.replace(32, 32, "0123456789abcdefghijklmnopqrstuv");
  constexpr std::array<std::uint32_t, 16> kTable = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                                    0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                                    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                                    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  std::uint32_t sum = 0xf597a6cf;
  for (const char c : label.substr(kSummed)) {
    sum ^= static_cast<unsigned char>(c);
    sum = (sum >> 4U) ^ kTable[sum & 0xfU];
    sum = (sum >> 4U) ^ kTable[sum & 0xfU];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    label[16 + i] = static_cast<char>(sum >> (8 * i));
  }
  return std::string(kLabel, '\0') + label;
}

// A disk that somebody used: GPT, an ext4 file system, and a physical volume of LVM.
std::string UsedDisk() {
  std::filesystem::create_directories(TestDirectory());
  const std::string path = TestDirectory() + "/used.raw";
  const std::string log = TestDirectory() + "/tools.log";
  std::ofstream(path).close();
  std::filesystem::resize_file(path, 12 * kGib);
  REQUIRE_THAT(RunTool({"sgdisk", "-n1:1MiB:65MiB", "-n2:80MiB:+1GiB", "-t2:8e00", path}, log),
               IsOk());
  REQUIRE_THAT(
      RunTool({"mkfs.ext4", "-q", "-F", "-L", "ubuntu", "-E", "offset=1048576", path, "64M"}, log),
      IsOk());
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(80 * kMib);
  file << LvmLabel();
  file.close();
  REQUIRE(file);
  return path;
}

// With names of its own, and no name: what the config does not say comes from the identity.
absl::StatusOr<Cluster> ClusterOnLargeDisk() {
  return NewCluster({"machine: {install: {disk: none, diskSelector: {size: '> 10GB'}, "
                     "extraKernelArgs: [ichor_test=1]}}"},
                    "v1.11");
}

// Applies the config to the node that was booted from its stick.
void Install(Machine& machine, const Cluster& cluster) {
  REQUIRE_THAT(machine.Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
  const auto applied = machine.api().Apply(cluster.config, ApplyConfigurationRequest::AUTO);
  REQUIRE_THAT(applied, IsOk());
  const std::string& details = applied->mode_details();
  CHECK_THAT(details, ContainsSubstring("installed on /dev/sdb") ||
                          ContainsSubstring("installed on /dev/vda"));
  CHECK_THAT(details, ContainsSubstring("GPT"));
  CHECK_THAT(details, ContainsSubstring("ext4 \"ubuntu\""));
  CHECK_THAT(details, ContainsSubstring("lvm2-pv"));
  CHECK_THAT(details, ContainsSubstring("must be removed"));
  CHECK_THAT(details, ContainsSubstring("more arguments there: ichor_test=1"));
  machine.api().UseIdentity(cluster.Client({"os:admin"}));
}

// What the config asks for, by whatever loader.
void CheckArguments(NodeApi& api) {
  const auto line = api.Get<runtime::KernelCmdline>("cmdline");
  REQUIRE_THAT(line, IsOk());
  CHECK_THAT(line->cmdline(), ContainsSubstring(" talos.platform=metal ichor_test=1"));
}

TEST_CASE("install: the selector's disk gets the system, boots with the stick in, and elsewhere",
          "[install][amd64]") {
  const auto cluster = ClusterOnLargeDisk();
  REQUIRE_THAT(cluster, IsOk());
  const std::string used = UsedDisk();
  auto machine = Machine::Create(
      {.firmware = Firmware::kUefi,
       .disks = {{.size_bytes = 6 * kGib, .holds_image = true, .bus = DiskBus::kUsb},
                 {.file = used}},
       .orders_by_variables = true},
      "first");
  REQUIRE_THAT(machine.status(), IsOk());
  Install(*machine, *cluster);
  auto node = TraitsOf(machine->api());
  REQUIRE_THAT(node, IsOk());
  CHECK(node->config == cluster->config);
  CHECK(node->system_disk == "/dev/vda");
  CheckArguments(machine->api());
  machine->PowerCut();
  CHECK_THAT(machine->DiskIsUntouched(0), IsOk());

  // The same disk on another bus, beside another card, by the other firmware.
  auto other = Machine::Create({.firmware = Firmware::kBios,
                                .disks = {{.file = used, .bus = DiskBus::kSata}},
                                .nics = {{.model = NicModel::kE1000e}},
                                .uuid = "5f2d3c1a-0b7e-4f6d-9c8b-7a6f5e4d3c2b"},
                               "other");
  REQUIRE_THAT(other.status(), IsOk());
  REQUIRE_THAT(other->Start(), IsOk());
  other->api().UseIdentity(cluster->Client({"os:admin"}));
  node->system_disk = "/dev/sda";
  const auto again = TraitsOf(other->api());
  REQUIRE_THAT(again, IsOk());
  CHECK(*again == *node);
  CheckArguments(other->api());
}

TEST_CASE("install: by BIOS the stick has to go, and says so until it does", "[install][amd64]") {
  const auto cluster = ClusterOnLargeDisk();
  REQUIRE_THAT(cluster, IsOk());
  const std::string used = UsedDisk();
  auto machine = Machine::Create(
      {.firmware = Firmware::kBios,
       .disks = {{.size_bytes = 6 * kGib, .holds_image = true, .bus = DiskBus::kUsb},
                 {.file = used}}},
      "stick");
  REQUIRE_THAT(machine.status(), IsOk());
  Install(*machine, *cluster);
  REQUIRE_THAT(machine->WaitForLine("remove the medium that it was booted from, /dev/sda"), IsOk());
  machine->PowerCut();
  CHECK_THAT(machine->DiskIsUntouched(0), IsOk());

  auto without = Machine::Create({.firmware = Firmware::kBios, .disks = {{.file = used}}}, "disk");
  REQUIRE_THAT(without.status(), IsOk());
  REQUIRE_THAT(without->Start(), IsOk());
  without->api().UseIdentity(cluster->Client({"os:admin"}));
  const auto node = TraitsOf(without->api());
  REQUIRE_THAT(node, IsOk());
  CHECK(node->config == cluster->config);
  CheckArguments(without->api());
}

}  // namespace
}  // namespace ichor::qemu
