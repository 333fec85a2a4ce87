#include "lib/config/migrate/migrate.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/migrate/table.h"
#include "lib/config/validate/validate.h"

namespace ichor::config {
namespace {

const char* const kBase = R"(machine:
  type: controlplane
  ca: {crt: YQ==, key: YQ==}
cluster:
  etcd: {ca: {crt: YQ==, key: YQ==}}
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: stable
---
apiVersion: v1alpha1
kind: UnattendedInstallConfig
installer: {image: i}
provisioning: {diskSelector: {match: 'disk.dev_path == "/dev/sda"'}, wipe: false}
---
apiVersion: v1alpha1
kind: KubeClusterConfig
clusterName: c
endpoint: https://a.example.org:6443
---
apiVersion: v1alpha1
kind: KubeNodeConfig
taints: {node-role.kubernetes.io/control-plane: NoSchedule}
---
apiVersion: v1alpha1
kind: KubeNetworkConfig
dnsDomain: cluster.local
podSubnets: [10.244.0.0/16]
serviceSubnets: [10.96.0.0/12]
---
apiVersion: v1alpha1
kind: KubeProxyConfig
image: p:v1.36.0
config: {}
---
apiVersion: v1alpha1
kind: KubeFlannelCNIConfig
backendType: vxlan
)";

const std::vector<std::string> kPatches = {
    "cluster: {allowSchedulingOnControlPlanes: true}\n",
    "cluster: {network: {cni: {name: none}}, proxy: {disabled: true}}\n",
    "cluster: {clusterName: kronform.example.org, network: {dnsDomain: "
    "local.kronform.example.org}}\n",
    "machine:\n  install: {disk: none, diskSelector: {size: '< 1TB'}, image: 'x:v1'}\n"
    "  network: {hostname: n1, interfaces: [{interface: eth0, dhcp: true}]}\n"};

TEST_CASE("migrate: old patches over a current config give a valid current config") {
  const auto loaded = Load("", kBase);
  REQUIRE_THAT(loaded.status(), base::IsOk());
  Config config = *loaded;
  std::string moves;
  for (const std::string& text : kPatches) {
    const auto patch = ParsePatch("p.yaml", text);
    REQUIRE_THAT(patch.status(), base::IsOk());
    const auto migrated = MigratePatch(*patch, config);
    REQUIRE_THAT(migrated.status(), base::IsOk());
    for (const Move& move : migrated->moves) {
      moves += ToString(move) + "\n";
    }
    const auto patched = ApplyPatches(config, {&migrated->patch, 1});
    REQUIRE_THAT(patched.status(), base::IsOk());
    config = *patched;
  }
  CHECK(
      moves ==
      R"(p.yaml:1: cluster.allowSchedulingOnControlPlanes → no KubeNodeConfig.taints["node-role.kubernetes.io/control-plane"]
p.yaml:1: cluster.network.cni.name → no KubeFlannelCNIConfig
p.yaml:1: cluster.proxy.disabled → KubeProxyConfig.enabled: false
p.yaml:1: cluster.clusterName → KubeClusterConfig.clusterName: kronform.example.org
p.yaml:1: cluster.network.dnsDomain → KubeNetworkConfig.dnsDomain: local.kronform.example.org
p.yaml:2: machine.install.image → UnattendedInstallConfig.installer.image: x:v1
p.yaml:2: machine.install.diskSelector → UnattendedInstallConfig.provisioning.diskSelector.match: disk.size < 1000000000000u && disk.transport != "" && !disk.readonly && !disk.cdrom
p.yaml:2: machine.install.disk → nothing: the selector decides
p.yaml:3: machine.network.hostname → HostnameConfig.hostname: n1
)");
  CHECK(ToStatus(Validate(config, {})).message() == "");
  CHECK(config.text().contains("hostname: n1"));
  CHECK(config.text().contains("interface: eth0"));
  CHECK_FALSE(config.text().contains("auto: stable"));
  CHECK_FALSE(config.text().contains("KubeFlannelCNIConfig"));
}

TEST_CASE("migrate: over a config of today all fields move that can, and what stays is told") {
  const auto base = Load(
      "", std::string(kBase) + "---\napiVersion: v1alpha1\nkind: KubeletConfig\nimage: k:v1\n");
  REQUIRE_THAT(base.status(), base::IsOk());
  const auto patch = ParsePatch("p.yaml",
                                "machine:\n  time: {disabled: true}\n  network: {interfaces: "
                                "[{interface: eth0, dhcp: true}]}\n");
  REQUIRE_THAT(patch.status(), base::IsOk());
  const auto migrated = MigratePatch(*patch, *base);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  std::string moves;
  for (const Move& move : migrated->moves) {
    moves += ToString(move) + "\n";
  }
  CHECK(moves ==
        "p.yaml:3: machine.network.interfaces → as it is: documents of links end DHCP on all that "
        "they do not name\n"
        "p.yaml:2: machine.time.disabled → TimeSyncConfig.enabled: false\n");
  const auto patched = ApplyPatches(*base, {&migrated->patch, 1});
  REQUIRE_THAT(patched.status(), base::IsOk());
  CHECK(patched->text().contains("interface: eth0"));
  CHECK(patched->text().contains("kind: TimeSyncConfig\nenabled: false"));
  CHECK(ToStatus(OldFields(*patch, *base)).message() ==
        "p.yaml:2:10: machine.time.disabled: belongs into a document of its own "
        "(TimeSyncConfig.enabled: false)");
}

// What a patch makes of the base, and what is told about it.
struct Patched {
  Config config;
  std::string moves{};
};

Patched PatchedBase(const std::string& text) {
  auto config = Load("", Cat(kBase, "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: eth5\n"));
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto patch = ParsePatch("p.yaml", text);
  REQUIRE_THAT(patch.status(), base::IsOk());
  const auto migrated = MigratePatch(*patch, *config);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  auto patched = ApplyPatches(*config, {&migrated->patch, 1});
  REQUIRE_THAT(patched.status(), base::IsOk());
  CHECK(ToStatus(Validate(*patched, {})).message() == "");
  Patched result{.config = *std::move(patched)};
  for (const Move& move : migrated->moves)
    result.moves += move.to + "\n";
  return result;
}

TEST_CASE("migrate: interfaces become documents of links, leases and virtual IPs") {
  const Patched patched = PatchedBase(R"(machine:
  network:
    interfaces:
      - interface: eth0
        mtu: 1400
        addresses: [10.0.0.5/24, "fd00::5"]
        routes:
          - {network: 0.0.0.0/0, gateway: 10.0.0.1}
          - {network: 10.7.0.0/16, gateway: 10.0.0.9, metric: 7, mtu: 1300, source: 10.0.0.5}
        vip: {ip: 10.0.0.100}
        vlans:
          - {vlanId: 7, dhcp: true, mtu: 1200, dhcpOptions: {routeMetric: 50}, routes: []}
      - interface: eth1
        dhcp: true
        dhcpOptions: {ipv4: false, ipv6: true, duidv6: "00010203"}
        vip: {ip: 10.0.0.101, hcloud: {apiToken: hush}}
      - {interface: dummy0, dummy: true, cidr: 10.1.0.1/32}
)");
  CHECK(patched.moves ==
        "LinkConfig eth0\nLayer2VIPConfig 10.0.0.100\nVLANConfig eth0.7\n"
        "DHCPv4Config eth0.7\nLinkConfig eth1\nDHCPv6Config eth1\nHCloudVIPConfig 10.0.0.101\n"
        "DummyLinkConfig dummy0\n");
  const std::string_view text = patched.config.text();
  CHECK(text.substr(text.find("kind: Layer2VIPConfig")) == R"(kind: Layer2VIPConfig
name: 10.0.0.100
link: eth0
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth0
mtu: 1400
addresses:
    - address: 10.0.0.5/24
    - address: fd00::5/128
routes:
    - destination: 0.0.0.0/0
      gateway: 10.0.0.1
    - destination: 10.7.0.0/16
      gateway: 10.0.0.9
      metric: 7
      mtu: 1300
      source: 10.0.0.5
---
apiVersion: v1alpha1
kind: DHCPv4Config
name: eth0.7
routeMetric: 50
---
apiVersion: v1alpha1
kind: VLANConfig
name: eth0.7
mtu: 1200
vlanID: 7
parent: eth0
---
apiVersion: v1alpha1
kind: DHCPv6Config
name: eth1
clientIdentifier: duid
duidRaw: "00010203"
---
apiVersion: v1alpha1
kind: HCloudVIPConfig
name: 10.0.0.101
link: eth1
apiToken: hush
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth1
---
apiVersion: v1alpha1
kind: DummyLinkConfig
name: dummy0
addresses:
    - address: 10.1.0.1/32
)");
}

TEST_CASE("migrate: interfaces that documents cannot name stay, and it is told why") {
  const Patched patched = PatchedBase(
      "machine: {network: {interfaces: [{interface: eth0, dhcp: true}, "
      "{deviceSelector: {physical: true}, dhcp: true}]}}");
  CHECK(patched.moves == "as it is: deviceSelector is not moved\n");
  CHECK(patched.config.text().contains("deviceSelector"));
  CHECK_FALSE(patched.config.text().contains("DHCPv4Config"));
}

TEST_CASE(
    "migrate: interfaces of a whole config stay, since other links ask for leases beside them") {
  const auto config = Load("",
                           "machine:\n  type: worker\n  network:\n    interfaces:\n"
                           "      - {interface: eth0, dhcp: true}\n");
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto migrated = Migrate(*config);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  REQUIRE(migrated->moves.size() == 1);
  CHECK(ToString(migrated->moves.front()) ==
        "4: machine.network.interfaces → as it is: documents of links end DHCP on all that they do "
        "not name");
  CHECK(migrated->config.text().contains("{interface: eth0, dhcp: true}"));
}

TEST_CASE("migrate: whoever wants no help is told each field") {
  const auto config = Load("", kBase);
  const auto patch = ParsePatch("p.yaml", kPatches[1]);
  REQUIRE(config.ok());
  REQUIRE(patch.ok());
  CHECK(ToStatus(OldFields(*patch, *config)).message() ==
        "p.yaml:1:27: cluster.network.cni.name: belongs into a document of its own (no "
        "KubeFlannelCNIConfig)\n"
        "p.yaml:1:49: cluster.proxy.disabled: belongs into a document of its own "
        "(KubeProxyConfig.enabled: false)");
}

TEST_CASE("migrate: an old config over an old base stays as it is") {
  const auto config = Load("", "machine: {type: worker}\ncluster: {clusterName: a}\n");
  const auto patch = ParsePatch("p.yaml", kPatches[2]);
  REQUIRE(config.ok());
  const auto migrated = MigratePatch(*patch, *config);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  CHECK(migrated->moves.empty());
}

TEST_CASE("migrate: a whole config moves, its comments stay") {
  const auto config = Load("", R"(# mine
machine:
  type: controlplane # a boss
  ca: {crt: YQ==, key: YQ==}
  install: {disk: /dev/sda}
  time: {servers: [a]}
cluster:
  clusterName: c
  controlPlane: {endpoint: https://a.example.org:6443}
  # the etcd
  etcd: {ca: {crt: YQ==, key: YQ==}}
)");
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto migrated = Migrate(*config);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  CHECK(ToStatus(Validate(migrated->config, {})).message() == "");
  CHECK(migrated->config.text() == R"(# mine
machine:
  type: controlplane # a boss
  ca: {crt: YQ==, key: YQ==}
cluster:
  # the etcd
  etcd: {ca: {crt: YQ==, key: YQ==}}
---
apiVersion: v1alpha1
kind: KubeClusterConfig
clusterName: c
endpoint: https://a.example.org:6443
---
apiVersion: v1alpha1
kind: UnattendedInstallConfig
provisioning:
    diskSelector:
        match: disk.dev_path == "/dev/sda"
    wipe: false
---
apiVersion: v1alpha1
kind: TimeSyncConfig
ntp:
    servers:
        - a
)");
}

TEST_CASE("migrate: networks keep Flannel, and a worker gets nothing of a control plane") {
  const std::string cluster = "cluster: {network: {dnsDomain: a.b}, proxy: {disabled: true}}\n";
  const auto boss = Load("", "machine: {type: controlplane}\n" + cluster);
  const auto worker = Load("", "machine: {type: worker}\n" + cluster);
  REQUIRE(boss.ok());
  REQUIRE(worker.ok());
  CHECK(Migrate(*boss)->config.text().contains(
      "kind: KubeFlannelCNIConfig\nbackendType: vxlan\nbackendPort: 4789\n"));
  CHECK(Migrate(*boss)->config.text().contains("kind: KubeProxyConfig\nenabled: false\n"));
  CHECK(Migrate(*worker)->config.text() ==
        "machine: {type: worker}\ncluster: {}\n---\napiVersion: v1alpha1\nkind: KubeNetworkConfig\n"
        "dnsDomain: a.b\npodSubnets:\n    - 10.244.0.0/16\nserviceSubnets:\n    - 10.96.0.0/12\n");
}

TEST_CASE("migrate: what has no equivalent is named") {
  const auto config =
      Load("n1.yaml", "machine:\n  install:\n    disk: a\n    extraKernelArgs: [x]\n");
  REQUIRE(config.ok());
  CHECK(Migrate(*config).status().message() ==
        "n1.yaml:4:5: machine.install.extraKernelArgs: has no equivalent in the current form");
}

TEST_CASE("migrate: every entry of the table leads from a key that is to a key that is") {
  const auto find = [](const Shape* shape, std::string_view path) {
    const Field* field = nullptr;
    while (!path.empty()) {
      const std::string_view step = path.substr(0, path.find('.'));
      field = shape == nullptr ? nullptr : shape->Find(step);
      if (field == nullptr) return false;
      shape = field->shape;
      path.remove_prefix(std::min(step.size() + 1, path.size()));
    }
    return true;
  };
  for (const Migration& migration : AllMigrations()) {
    INFO(migration.from);
    CHECK(find(FindKind("")->shape, migration.from));
    REQUIRE(FindKind(migration.kind) != nullptr);
    CHECK(find(FindKind(migration.kind)->shape, migration.to));
  }
}

}  // namespace
}  // namespace ichor::config
