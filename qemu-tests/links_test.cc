// Links that a host's kernel may not have: made from the config in the guest, changed while they
// are in use, and back after a power cut.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using machine::ApplyConfigurationRequest;
using network::AddressStatus;
using network::LinkStatus;

constexpr const char* kLinks = R"(---
apiVersion: v1alpha1
kind: DHCPv4Config
name: enp0s16
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
links: [enp0s17, enp0s18]
bondMode: active-backup
miimon: 100
up: true
addresses: [{address: 10.5.0.1/24}]
---
apiVersion: v1alpha1
kind: DummyLinkConfig
name: dummy0
hardwareAddr: 2e:3c:4d:5e:6f:70
up: true
addresses: [{address: fd00:5::1/64}]
---
apiVersion: v1alpha1
kind: WireguardConfig
name: wg0
privateKey: GDWKPIYaaRgrVA2K6lALjQxCTfPtFP4WLfjuTbJgE3Y=
listenPort: 51820
up: true
addresses: [{address: 10.9.0.1/24}]
)";

constexpr const char* kVlanInBridge = R"(---
apiVersion: v1alpha1
kind: VLANConfig
name: bond0.7
vlanID: 7
parent: bond0
up: true
mtu: 1400
---
apiVersion: v1alpha1
kind: BridgeConfig
name: br0
links: [bond0.7]
up: true
addresses: [{address: 10.7.0.1/24}]
)";

constexpr const char* kOtherVlan = R"(---
apiVersion: v1alpha1
kind: VLANConfig
name: bond0.8
vlanID: 8
parent: bond0
up: true
addresses: [{address: 10.8.0.1/24}]
)";

const LinkStatus::Spec* LinkIn(const All<LinkStatus>& rows, const std::string& name) {
  const auto row = rows.find(name);
  return row == rows.end() ? nullptr : &row->spec();
}

bool IsKind(const All<LinkStatus>& rows, const std::string& name, const std::string& kind) {
  const auto* const link = LinkIn(rows, name);
  return link != nullptr && link->kind() == kind;
}

bool IsBelow(const All<LinkStatus>& rows, const std::string& member, const std::string& master) {
  const auto* const below = LinkIn(rows, member);
  const auto* const above = LinkIn(rows, master);
  return below != nullptr && above != nullptr && below->master_index() == above->index();
}

bool HasMade(const All<LinkStatus>& rows) {
  return IsKind(rows, "bond0", "bond") && LinkIn(rows, "bond0")->link_state() &&
         IsBelow(rows, "enp0s17", "bond0") && IsBelow(rows, "enp0s18", "bond0") &&
         IsKind(rows, "dummy0", "dummy") && IsKind(rows, "wg0", "wireguard");
}

absl::Status WaitForAddresses(NodeApi& api, const std::vector<std::string>& wanted) {
  return api
      .WaitFor<AddressStatus>("addresses",
                              [&](const auto& rows) {
                                return std::ranges::all_of(wanted, [&](const auto& id) {
                                  return rows.find(id) != rows.end();
                                });
                              })
      .status();
}

TEST_CASE("links: what the config makes of a guest's cards, live and after a power cut",
          "[network][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine =
      Machine::Create({.nics = {{.pci_slot = 0x10}, {.pci_slot = 0x11}, {.pci_slot = 0x12}}}, "n");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(cluster->config + kLinks + kVlanInBridge, ApplyConfigurationRequest::AUTO),
               IsOk());
  api.UseIdentity(cluster->Client({"os:admin"}));

  const auto links = api.WaitFor<LinkStatus>("links with a VLAN in a bridge", [](const auto& rows) {
    return HasMade(rows) && IsKind(rows, "br0", "bridge") && IsBelow(rows, "bond0.7", "br0") &&
           LinkIn(rows, "bond0.7")->mtu() == 1400;
  });
  REQUIRE_THAT(links, IsOk());
  const auto& vlan = *LinkIn(*links, "bond0.7");
  CHECK(vlan.vlan().vid() == 7);
  CHECK(vlan.link_index() == LinkIn(*links, "bond0")->index());
  CHECK(HardwareAddressToText(LinkIn(*links, "dummy0")->hardware_addr()) == "2e:3c:4d:5e:6f:70");
  CHECK(LinkIn(*links, "bond0")->bond_master().mii_mon() == 100);
  CHECK(LinkIn(*links, "wg0")->wireguard().listen_port() == 51820);
  CHECK(LinkIn(*links, "wg0")->wireguard().private_key().empty());
  REQUIRE_THAT(WaitForAddresses(api, {"bond0/10.5.0.1/24", "dummy0/fd00:5::1/64", "br0/10.7.0.1/24",
                                      "wg0/10.9.0.1/24"}),
               IsOk());

  const std::uint32_t bond = LinkIn(*links, "bond0")->index();
  REQUIRE_THAT(
      api.Apply(cluster->config + kLinks + kOtherVlan, ApplyConfigurationRequest::NO_REBOOT),
      IsOk());
  const auto other = [](const All<LinkStatus>& rows) {
    return HasMade(rows) && IsKind(rows, "bond0.8", "vlan") && LinkIn(rows, "bond0.7") == nullptr &&
           LinkIn(rows, "br0") == nullptr;
  };
  const auto later = api.WaitFor<LinkStatus>("another VLAN, without a bridge", other);
  REQUIRE_THAT(later, IsOk());
  CHECK(LinkIn(*later, "bond0")->index() == bond);  // the same one
  REQUIRE_THAT(WaitForAddresses(api, {"bond0/10.5.0.1/24", "bond0.8/10.8.0.1/24"}), IsOk());

  machine->PowerCut();
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  CHECK_THAT(machine->api().WaitFor<LinkStatus>("the links again", other), IsOk());
}

}  // namespace
}  // namespace ichor::qemu
