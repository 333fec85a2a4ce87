#include "lib/config/patch.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::config {
namespace {

// The text after all patches, or what is wrong.
std::string Patched(std::string text, const std::vector<std::string>& patches) {
  const auto config = Load("n1.yaml", std::move(text));
  if (!config.ok()) return std::string(config.status().message());
  std::vector<Patch> parsed;
  for (const std::string& patch : patches) {
    auto one = ParsePatch("p" + std::to_string(parsed.size()) + ".yaml", patch);
    if (!one.ok()) return std::string(one.status().message());
    parsed.push_back(*std::move(one));
  }
  const auto patched = ApplyPatches(*config, parsed);
  return patched.ok() ? patched->text() : std::string(patched.status().message());
}

constexpr const char* kConfig = R"(machine: # the machine
    type: controlplane
    network:
        # the only NIC
        interfaces:
            - interface: eth0
              addresses: [10.0.0.2/24]
              vlans:
                - vlanId: 7
    sysctls: {a: "1", b: "2"}
cluster:
    network:
        podSubnets:
            - 10.244.0.0/16
)";

TEST_CASE("patch: scalars replace, lists grow, mappings merge, comments stay") {
  CHECK(Patched(kConfig, {"machine:\n  type: worker\n  certSANs: [a]\n",
                          "machine: {certSANs: [b], sysctls: {b: \"3\", c: \"4\"}}\n"}) ==
        R"(machine: # the machine
    type: worker
    network:
        # the only NIC
        interfaces:
            - interface: eth0
              addresses: [10.0.0.2/24]
              vlans:
                - vlanId: 7
    sysctls: {a: "1", b: "3", c: "4"}
    certSANs:
        - a
        - b
cluster:
    network:
        podSubnets:
            - 10.244.0.0/16
)");
}

TEST_CASE("patch: items with the same merge key are merged, replaced fields are replaced") {
  CHECK(Patched(kConfig, {R"(
machine:
  network:
    interfaces:
      - interface: eth0
        mtu: 1400
        addresses: [fd00::1/64]
        vlans: [{vlanId: 7, dhcp: true}, {vlanId: 8}]
      - interface: eth1
cluster:
  network:
    podSubnets: [10.0.0.0/8]
)"}) == R"(machine: # the machine
    type: controlplane
    network:
        # the only NIC
        interfaces:
            - interface: eth0
              addresses: [10.0.0.2/24, fd00::1/64]
              vlans:
                - vlanId: 7
                  dhcp: true
                - vlanId: 8
              mtu: 1400
            - interface: eth1
    sysctls: {a: "1", b: "2"}
cluster:
    network:
        podSubnets:
            - 10.0.0.0/8
)");
}

TEST_CASE("patch: empty and zero values change nothing where they mean 'not set'") {
  CHECK(Patched(kConfig,
                {"machine: {type: \"\", network: null, sysctls: {a: \"\"}, certSANs: null}\n"}) ==
        kConfig);
  const char* link = "apiVersion: v1alpha1\nkind: LinkConfig\nname: a\nup: true\nmtu: 9000\n";
  CHECK(Patched(link, {"apiVersion: v1alpha1\nkind: LinkConfig\nname: a\nup: false\nmtu: 0\n"}) ==
        "apiVersion: v1alpha1\nkind: LinkConfig\nname: a\nup: false\nmtu: 9000\n");
}

TEST_CASE("patch: documents are matched by kind and name, others are added as they stand") {
  CHECK(
      Patched(
          "machine: {}\n---\n# one\napiVersion: v1alpha1\nkind: LinkConfig\nname: a\n",
          {"apiVersion: v1alpha1\nkind: LinkConfig\nname: a\nmtu: 1\n---\n# two\nkind: LinkConfig\n"
           "apiVersion: v1alpha1\nname: b # mine\n",
           "{kind: LinkConfig, apiVersion: v1alpha1, name: b, mtu: 2}"}) ==
      "machine: {}\n---\n# one\napiVersion: v1alpha1\nkind: LinkConfig\nname: a\nmtu: 1\n"
      "---\n# two\nkind: LinkConfig\napiVersion: v1alpha1\nname: b # mine\nmtu: 2\n");
}

TEST_CASE("patch: $patch: delete removes keys, items and documents") {
  CHECK(
      Patched(
          kConfig,
          {"machine: {sysctls: {$patch: delete}, network: {interfaces: [{interface: eth0, $patch: "
           "delete}, {interface: eth9}]}}\n"}) ==
      R"(machine: # the machine
    type: controlplane
    network:
        # the only NIC
        interfaces:
            - interface: eth9
cluster:
    network:
        podSubnets:
            - 10.244.0.0/16
)");
  const std::string two =
      "machine: {}\n---\napiVersion: v1alpha1\nkind: LinkConfig\nname: a\n---\n# last\napiVersion: "
      "v1alpha1\n"
      "kind: HostnameConfig\n";
  CHECK(Patched(two, {"{apiVersion: v1alpha1, kind: LinkConfig, name: a, $patch: delete}"}) ==
        "machine: {}\n---\n# last\napiVersion: v1alpha1\nkind: HostnameConfig\n");
  CHECK(Patched(two, {"{apiVersion: v1alpha1, kind: LinkConfig, name: zz, $patch: delete}"}) ==
        two);
}

TEST_CASE("patch: mappings in which only deletions stood are not merged") {
  const std::string other = "{apiVersion: v1alpha1, kind: SysctlConfig, params: {}}\n";
  CHECK(Patched(other,
                {"machine: {type: worker, systemDiskEncryption: {state: {$patch: delete}}}\n"}) ==
        other + "---\nmachine: {type: worker}\n");
  CHECK(Patched("machine: {time: {}}\n",
                {"{version: v1alpha1, machine: {time: {$patch: delete}}}"}) == "machine: {}\n");
}

TEST_CASE("patch: what cannot be deleted is said") {
  CHECK(Patched(kConfig, {"machine: {time: {servers: {$patch: delete}}}\n"}) ==
        "p0.yaml:1:27: machine.time.servers: lookup failed: nothing there to delete");
  CHECK(Patched(kConfig, {"machine: {sysctls: {c: {$patch: delete}}}\n"}) ==
        "p0.yaml:1:24: machine.sysctls.c: lookup failed: nothing there to delete");
  CHECK(Patched(kConfig, {"machine: {env: {$patch: delete}}\n"}) == kConfig);
  CHECK(Patched(kConfig,
                {"machine: {network: {interfaces: [{interface: eth5, $patch: delete}]}}\n"}) ==
        "p0.yaml:1:34: machine.network.interfaces[interface: eth5]: lookup failed: nothing there "
        "to delete");
  CHECK(Patched(kConfig, {"machine: {}\n$patch: delete\n"}) ==
        "p0.yaml:1:1: $patch: delete cannot delete the root of the v1alpha1 document");
  CHECK(Patched(kConfig, {"machine: {env: {$patch: remove}}\n"}) ==
        "p0.yaml:1:25: $patch: got \"remove\", expected \"delete\"");
  CHECK(Patched(kConfig,
                {"machine: {network: {interfaces: [{interface: a, bond: {$patch: delete}}]}}\n"}) ==
        "p0.yaml:1:55: $patch: delete inside an item of a list is not supported");
}

TEST_CASE("patch: a value of a free mapping keeps its type") {
  const char* kubelet = "machine: {kubelet: {extraConfig: {a: 1, b: text, c: [p]}}}\n";
  CHECK(Patched(kubelet, {"machine: {kubelet: {extraConfig: {a: 2, b: '', c: [q], d: {}}}}\n"}) ==
        "machine: {kubelet: {extraConfig: {a: 2, b: text, c: [p, q], d: {}}}}\n");
  CHECK(Patched(kubelet, {"machine: {kubelet: {extraConfig: {a: x}}}\n"}) ==
        "p0.yaml:1:38: a: merge type mismatch: \"x\" cannot be merged into \"1\"");
}

TEST_CASE("patch: a patch is read as strictly as a config") {
  CHECK(Patched(kConfig, {"machine: {tpye: worker}\n"}) ==
        "p0.yaml:1:11: machine.tpye: unknown key (did you mean \"type\"?)");
}

TEST_CASE("patch: JSON patches change one document, the result is read strictly") {
  CHECK(
      Patched(
          kConfig,
          {R"([{"op": "replace", "path": "/machine/type", "value": "worker"}])",
           "- {op: remove, path: /machine/sysctls}\n- op: add\n  path: /machine/network/hostname\n"
           "  value: n1\n"}) == R"(machine: # the machine
    type: worker
    network:
        # the only NIC
        interfaces:
            - interface: eth0
              addresses: [10.0.0.2/24]
              vlans:
                - vlanId: 7
        hostname: n1
cluster:
    network:
        podSubnets:
            - 10.244.0.0/16
)");
  CHECK(Patched("machine: {}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n",
                {"[{op: test, path: /a}]"}) ==
        "JSON6902 patches are not supported for multi-document machine configuration");
  CHECK(Patched("machine: {}\n", {"[{op: add, path: /machine/x, value: 1}]"}) ==
        "n1.yaml:2:5: machine.x: unknown key");
}

}  // namespace
}  // namespace ichor::config
