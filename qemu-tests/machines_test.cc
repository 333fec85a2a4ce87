// Machines of every size come up, or say why not: story 7 of the first boot.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

Machine MakeAndStart(const MachineSpec& spec) {
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  return *std::move(machine);
}

// Waits for the physical links of these names, and says which have a carrier.
std::vector<bool> Carriers(NodeApi& api, const std::vector<std::string>& names) {
  const auto links = api.WaitFor<network::LinkStatus>("its links", [&names](const auto& rows) {
    return std::ranges::all_of(names,
                               [&rows](const auto& name) { return rows.find(name) != rows.end(); });
  });
  REQUIRE_THAT(links, IsOk());
  std::vector<bool> carriers;
  carriers.reserve(names.size());
  for (const std::string& name : names) {
    carriers.push_back(links->find(name)->spec().link_state());
  }
  return carriers;
}

TEST_CASE("machines: 512 MiB of memory suffice, and a NIC without carrier is no matter",
          "[boot][machines][amd64]") {
  Machine machine =
      MakeAndStart({.firmware = Firmware::kBios,
                    .memory_mib = 512,
                    .nics = {{.has_carrier = false, .pci_slot = 0x10}, {.pci_slot = 0x11}}});
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
  CHECK(Carriers(machine.api(), {"enp0s16", "enp0s17"}) == std::vector{false, true});
}

TEST_CASE("machines: 64 disks and two NICs in another order than their slots",
          "[boot][machines][amd64]") {
  constexpr int kEmptyDisks = 63;
  MachineSpec spec{.firmware = Firmware::kUefi, .nics = {{.pci_slot = 0x11}, {.pci_slot = 0x10}}};
  for (int i = 0; i < kEmptyDisks; ++i) {
    spec.disks.push_back({.bus = DiskBus::kScsi});
  }
  Machine machine = MakeAndStart(spec);
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
  CHECK(Carriers(machine.api(), {"enp0s16", "enp0s17"}) == std::vector{true, true});
  const auto disks = machine.api().WaitFor<block::Disk>("64 disks", [](const auto& rows) {
    return std::ranges::count_if(rows, [](const auto& row) {
             return row.spec().serial().starts_with("disk");
           }) == kEmptyDisks + 1;
  });
  REQUIRE_THAT(disks, IsOk());
  const auto system = machine.api().List<block::SystemDisk>();
  REQUIRE_THAT(system, IsOk());
  REQUIRE(system->size() == 1);
  CHECK(disks->find(system->front().spec().disk_id())->spec().serial() == "disk0");
}

TEST_CASE("machines: without a NIC a node runs, and says that it has no address",
          "[boot][machines][amd64]") {
  Machine machine =
      MakeAndStart({.firmware = Firmware::kDirect, .memory_mib = 1024, .disks = {}, .nics = {}});
  REQUIRE_THAT(machine.WaitForLine("machined: info: addresses: none"), IsOk());
  REQUIRE_THAT(machine.WaitForLine("machined: info: stage maintenance, ready"), IsOk());
}

}  // namespace
}  // namespace ichor::qemu
