// Two nodes of a cluster: one is asked for both.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <map>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr const char* kFirst = "10.77.0.1";
constexpr const char* kSecond = "10.77.0.2";
constexpr const char* kVersion = "/machine.MachineService/Version";

// Each has a card on QEMU's network, where the test asks it, and one on the cable between them.
absl::StatusOr<Machine> NodeAt(const std::string& name, int end) {
  const std::string cable = "/tmp/ichor-cable-" + std::to_string(getpid());
  return Machine::Create({.nics = {{.pci_slot = 0x10},
                                   {.pci_slot = 0x11,
                                    .mac = "52:54:00:00:00:0" + std::to_string(end + 1),
                                    .cable = cable,
                                    .cable_end = end}}},
                         name);
}

std::string ConfigAt(const Cluster& cluster, const std::string& address) {
  return cluster.config +
         "---\napiVersion: v1alpha1\nkind: DHCPv4Config\nname: enp0s16\n"
         "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: enp0s17\naddresses: [{address: " +
         address + "/24}]\n";
}

// Gives the machine its config, and answers with the node's identity.
std::string Own(Machine& machine, const Cluster& cluster, const std::string& address) {
  REQUIRE_THAT(machine.Start(), IsOk());
  NodeApi& api = machine.api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(ConfigAt(cluster, address), ApplyConfigurationRequest::AUTO), IsOk());
  api.UseIdentity(cluster.Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const auto addresses =
      api.WaitFor<network::NodeAddress>("the address " + address, [&](const auto& rows) {
        const auto current = rows.find("current");
        return current != rows.end() && current->spec().addresses_size() > 1;
      });
  REQUIRE_THAT(addresses, IsOk());
  const auto identity = api.Get<cluster::Identity>("local");
  REQUIRE_THAT(identity, IsOk());
  return identity->node_id();
}

// What both say of their version, by node.
std::map<std::string, machine::Version> AskBoth(NodeApi& api) {
  api.UseMetadata({{"nodes", kFirst}, {"nodes", kSecond}});
  const auto messages = api.Call(kVersion, "");
  REQUIRE_THAT(messages, IsOk());
  REQUIRE(messages->size() == 1);
  machine::VersionResponse reply;
  REQUIRE(reply.ParseFromString(messages->front()));
  std::map<std::string, machine::Version> versions;
  for (const machine::Version& version : reply.messages()) {
    versions[version.metadata().hostname()] = version;
  }
  return versions;
}

TEST_CASE("nodes: one node is asked for another, for both, and for one that is off",
          "[network][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto first = NodeAt("first", 0);
  auto second = NodeAt("second", 1);
  REQUIRE_THAT(first.status(), IsOk());
  REQUIRE_THAT(second.status(), IsOk());
  const std::string own = Own(*first, *cluster, kFirst);
  const std::string other = Own(*second, *cluster, kSecond);
  CHECK(own != other);

  NodeApi& api = first->api();
  api.UseMetadata({{"node", kSecond}});
  const auto identity = api.Get<cluster::Identity>("local");
  REQUIRE_THAT(identity, IsOk());
  CHECK(identity->node_id() == other);
  auto versions = AskBoth(api);
  REQUIRE(versions.size() == 2);
  CHECK(versions[kFirst].version().tag() == versions[kSecond].version().tag());
  CHECK_FALSE(versions[kSecond].version().tag().empty());

  second->PowerCut();
  const base::RealClock clock;
  const auto cut = clock.Monotonic();
  versions = AskBoth(api);
  CHECK(clock.Monotonic() - cut < std::chrono::minutes(1));  // it does not wait for it
  REQUIRE(versions.size() == 2);
  CHECK_FALSE(versions[kFirst].version().tag().empty());
  CHECK(versions[kSecond].version().tag().empty());
  CHECK_THAT(versions[kSecond].metadata().error(), ContainsSubstring(kSecond));
  api.UseMetadata({{"node", kSecond}});
  REQUIRE_THAT(second->Start(), IsOk());
  CHECK_THAT(WaitForRunning(api), IsOk());  // the second, whom the first asks
  const auto again = api.Get<cluster::Identity>("local");
  REQUIRE_THAT(again, IsOk());
  CHECK(again->node_id() == other);
}

}  // namespace
}  // namespace ichor::qemu
