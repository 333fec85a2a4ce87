#include "lib/config/config.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "config/legacy.pb.h"
#include "config/link.pb.h"
#include "config/network.pb.h"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"

namespace ichor::config {
namespace {

std::string Complaint(std::string text) {
  return std::string(Load("n1.yaml", std::move(text)).status().message());
}

constexpr std::string_view kLegacy = R"(# my machine
machine:
  type: worker
  network:
    hostname: n1   # the name
    interfaces:
      - interface: eth0
        dhcp: true
        vlans: [{vlanId: 7, dhcp: yes}]
  kubelet:
    extraArgs:
      node-labels: [a=b, c=d]
      v: 4
    extraConfig: {maxPods: 200, name: "7"}
  time: {bootTimeout: 1m30s}
  files:
    - {path: /a, permissions: 0o600, content: "", op: create}
  nodeLabels: {}
cluster:
  controlPlane: {endpoint: "https://api.example.org:6443"}
)";

TEST_CASE("config: the text is kept, messages are views of it") {
  const auto config = Load("n1.yaml", std::string(kLegacy));
  REQUIRE_THAT(config.status(), base::IsOk());
  CHECK(config->text() == kLegacy);
  const auto* legacy = config->Get<v1alpha1::LegacyConfig>();
  REQUIRE(legacy != nullptr);
  const v1alpha1::Machine& machine = legacy->machine();
  CHECK(machine.type() == "worker");
  CHECK(machine.network().hostname() == "n1");
  CHECK(machine.network().interfaces(0).dhcp());
  CHECK(machine.network().interfaces(0).vlans(0).vlan_id() == 7);
  CHECK(machine.network().interfaces(0).vlans(0).dhcp());
  CHECK(machine.kubelet().extra_args().at("node-labels").values_size() == 2);
  CHECK(machine.kubelet().extra_args().at("v").values(0) == "4");
  CHECK(machine.kubelet().extra_config().fields().at("maxPods").number_value() == 200);
  CHECK(machine.kubelet().extra_config().fields().at("name").string_value() == "7");
  CHECK(machine.time().boot_timeout().seconds() == 90);
  CHECK(machine.files(0).permissions() == 0600);
  CHECK(machine.has_features() == false);
}

TEST_CASE("config: documents are found by kind and name") {
  const auto config = Load("", R"(machine: {type: worker}
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth0
mtu: 9000
routes: [{gateway: 10.0.0.1, table: main}]
---
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth1
---
apiVersion: v1alpha1
kind: HostnameConfig
hostname: n1
)");
  REQUIRE_THAT(config.status(), base::IsOk());
  CHECK(config->documents().size() == 4);
  CHECK(config->All<v1alpha1::LinkConfig>().size() == 2);
  CHECK(config->Get<v1alpha1::LinkConfig>()->mtu() == 9000);
  CHECK(config->Get<v1alpha1::LinkConfig>()->routes(0).table() == 254);
  CHECK(config->Find(*FindKind("LinkConfig"), "eth1")->Title() == "LinkConfig eth1");
  CHECK(config->Find(*FindKind("LinkConfig"), "eth2") == nullptr);
  CHECK(config->Get<v1alpha1::HostnameConfig>()->hostname() == "n1");
  CHECK(config->Get<v1alpha1::ResolverConfig>() == nullptr);
}

TEST_CASE("config: everything that is wrong is said at once, with its place") {
  CHECK(Complaint(R"(machine:
  type: [worker]
  network:
    interfaces:
      - dchp: true
        mtu: many
      - eth0
  sysctls: {net.ipv4.ip_forward: {a: b}}
  time:
    bootTimeout: soon
  files: {}
  ca: {crt: "#"}
cluster:
  proxy: {disabled: 7}
  etcd: {advertisedSubnets: 10.0.0.0/8}
clutser: {}
)") ==
        R"(n1.yaml:2:9: machine.type: got a list, expected a string
n1.yaml:5:9: machine.network.interfaces[0].dchp: unknown key (did you mean "dhcp"?)
n1.yaml:6:14: machine.network.interfaces[0].mtu: got "many", expected an integer
n1.yaml:7:9: machine.network.interfaces[1]: got "eth0", expected a mapping
n1.yaml:8:34: machine.sysctls["net.ipv4.ip_forward"]: got a mapping, expected a string
n1.yaml:10:18: machine.time.bootTimeout: got "soon", expected a duration such as 1h30m
n1.yaml:11:10: machine.files: got a mapping, expected a list
n1.yaml:12:13: machine.ca.crt: expected base64
n1.yaml:14:21: cluster.proxy.disabled: got "7", expected true or false
n1.yaml:15:29: cluster.etcd.advertisedSubnets: got "10.0.0.0/8", expected a list
n1.yaml:16:1: clutser: unknown key (did you mean "cluster"?))");
}

TEST_CASE("config: texts have the form that their field wants") {
  CHECK(
      Complaint(R"(apiVersion: v1alpha1
kind: BondConfig
name: b
bondMode: fast
adActorSysPrio: 70000
hardwareAddr: 52:54:xx
addresses: [{address: 10.0.0.1}, {address: 10.0.0.1/24}]
routes: [{gateway: here, table: 256}]
)") ==
      R"(n1.yaml:4:11: BondConfig b: bondMode: got "fast", expected one of balance-rr, active-backup, balance-xor, broadcast, 802.3ad, balance-tlb, balance-alb
n1.yaml:5:17: BondConfig b: adActorSysPrio: got "70000", expected an integer from 0 to 65535
n1.yaml:6:15: BondConfig b: hardwareAddr: got "52:54:xx", expected a hardware address such as 52:54:00:12:34:56
n1.yaml:7:23: BondConfig b: addresses[0].address: got "10.0.0.1", expected an IP prefix such as 10.0.0.0/8
n1.yaml:8:20: BondConfig b: routes[0].gateway: got "here", expected an IP address
n1.yaml:8:33: BondConfig b: routes[0].table: got "256", expected 0 to 255, or local, main, default)");
}

TEST_CASE("config: a document says what it is") {
  CHECK(Complaint("") == "n1.yaml:1:1: config not found");
  CHECK(Complaint("---\n---\n") == "n1.yaml:1:1: config not found");
  CHECK(Complaint("[]\n") == "n1.yaml:1:1: got a list, expected a mapping");
  CHECK(Complaint("a: 1\n") == "n1.yaml:1:1: missing kind");
  CHECK(Complaint("kind: LinkConfig\n") == "n1.yaml:1:1: missing apiVersion");
  CHECK(Complaint("{apiVersion: v2, kind: LinkConfig}\n") ==
        "n1.yaml:1:14: apiVersion: got \"v2\", expected \"v1alpha1\"");
  CHECK(Complaint("apiVersion: v1alpha1\nkind: LinkConfg\n") ==
        "n1.yaml:2:7: kind: unknown kind \"LinkConfg\" (did you mean \"LinkConfig\"?)");
}

TEST_CASE("config: documents may not exclude each other") {
  const auto document = [](std::string_view kind, std::string_view rest) {
    return "---\napiVersion: v1alpha1\nkind: " + std::string(kind) + "\n" + std::string(rest) +
           "\n";
  };
  CHECK(Complaint(document("LinkConfig", "name: a") + document("LinkConfig", "name: a")) ==
        "n1.yaml:6:1: LinkConfig a: duplicate document v1alpha1/LinkConfig/a is not allowed; first "
        "at 2:1");
  CHECK(Complaint("machine: {}\n---\ncluster: {}\n") ==
        "n1.yaml:3:1: duplicate document v1alpha1/v1alpha1/ is not allowed; first at 1:1");
  CHECK(
      Complaint(document("LinkConfig", "name: a") + document("DummyLinkConfig", "name: a")) ==
      "n1.yaml:8:7: DummyLinkConfig a: the link name \"a\" is also claimed by LinkConfig a (2:1)");
  CHECK(Complaint(document("VethConfig", "name: a\npeer: {name: b}") +
                  document("LinkConfig", "name: b")) ==
        "n1.yaml:9:7: LinkConfig b: the link name \"b\" is also claimed by VethConfig a (2:1)");
  CHECK(Complaint(document("UserVolumeConfig", "name: v") +
                  document("ExistingVolumeConfig", "name: v")) ==
        "n1.yaml:8:7: ExistingVolumeConfig v: the volume name \"v\" is also claimed by "
        "UserVolumeConfig v (2:1)");
  CHECK(Complaint(document("Layer2VIPConfig", "name: 10.0.0.1") +
                  document("HCloudVIPConfig", "name: 10.0.0.1")) ==
        "n1.yaml:8:7: HCloudVIPConfig 10.0.0.1: the address \"10.0.0.1\" is also claimed by "
        "Layer2VIPConfig 10.0.0.1 (2:1)");
}

}  // namespace
}  // namespace ichor::config
