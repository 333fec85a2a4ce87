#include "lib/resource/yaml.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "cosi/resource/meta.pb.h"
#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/text.h"
#include "resource/config/config.resources.h"
#include "resource/network/device_config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/cri/cri.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

TEST_CASE("LinkStatus: flags, hardware addresses, words of enumerations") {
  const network::LinkStatusSpec spec = Text(R"(
      index: 4 type: LINK_ETHER flags: 69699 hardware_addr: 'RT\000\0224V' broadcast_addr: '\377\377\377\377\377\377'
      permanent_addr: 'RT\000\0224V' mtu: 1500 queue_disc: 'pfifo_fast' operational_state: OPER_STATE_UP
      link_state: true speed_megabits: 1000 port: FIBRE duplex: FULL alt_names: 'enp0s3'
      vlan { vid: 5 protocol: VLAN_PROTOCOL8021_Q })");
  CHECK(ToYaml(spec) ==
        "altNames:\n"
        "    - enp0s3\n"
        "index: 4\n"
        "type: ether\n"
        "linkIndex: 0\n"
        "flags: UP,BROADCAST,RUNNING,MULTICAST,LOWER_UP\n"
        "hardwareAddr: \"52:54:00:12:34:56\"\n"
        "permanentAddr: \"52:54:00:12:34:56\"\n"
        "broadcastAddr: ff:ff:ff:ff:ff:ff\n"
        "mtu: 1500\n"
        "queueDisc: pfifo_fast\n"
        "operationalState: up\n"
        "kind: \"\"\n"
        "slaveKind: \"\"\n"
        "linkState: true\n"
        "speedMbit: 1000\n"
        "port: \"\"\n"
        "duplex: Full\n"
        "vlan:\n"
        "    vlanID: 5\n"
        "    vlanProtocol: 802.1q\n");
}

TEST_CASE("LinkSpec: the keys of an inline message stand among the others") {
  const network::LinkSpecSpec spec = Text(
      "name: 'eth0' up: true type: LINK_ETHER bond_slave { master_name: 'bond0' slave_index: 1 } "
      "multicast: false "
      "config_layer: CONFIG_OPERATOR");
  CHECK(ToYaml(spec) ==
        "name: eth0\n"
        "logical: false\n"
        "up: true\n"
        "mtu: 0\n"
        "kind: \"\"\n"
        "type: ether\n"
        "masterName: bond0\n"
        "slaveIndex: 1\n"
        "layer: operator\n"
        "multicast: false\n");
}

TEST_CASE("AddressStatus: addresses are text, flags and scopes are words") {
  network::AddressStatusSpec spec =
      Text("link_index: 4 link_name: 'eth0' family: FAMILY_INET4 scope: SCOPE_GLOBAL flags: 640");
  *spec.mutable_address() = ParseNetIPPrefix("172.20.0.2/24").value_or(common::NetIPPrefix());
  *spec.mutable_local() = ParseNetIP("172.20.0.2").value_or(common::NetIP());
  CHECK(ToYaml(spec) ==
        "address: 172.20.0.2/24\n"
        "local: 172.20.0.2\n"
        "linkIndex: 4\n"
        "linkName: eth0\n"
        "family: inet4\n"
        "scope: global\n"
        "flags: permanent,noprefixroute\n"
        "priority: 0\n");
}

TEST_CASE(
    "RouteStatus: an address that is not there is empty text, a table without a name its number") {
  network::RouteStatusSpec spec = Text(
      "family: FAMILY_INET4 out_link_index: 4 out_link_name: 'eth0' priority: 1024 type: "
      "TYPE_UNICAST "
      "protocol: PROTOCOL_DHCP table: 180");
  *spec.mutable_gateway() = ParseNetIP("172.20.0.1").value_or(common::NetIP());
  CHECK(ToYaml(spec) ==
        "family: inet4\n"
        "dst: \"\"\n"
        "src: \"\"\n"
        "gateway: 172.20.0.1\n"
        "outLinkIndex: 4\n"
        "outLinkName: eth0\n"
        "table: \"180\"\n"
        "priority: 1024\n"
        "scope: global\n"
        "type: unicast\n"
        "flags: \"\"\n"
        "protocol: dhcp\n");
}

TEST_CASE("Disk: sizes are numbers, and what is empty is left out where it may be") {
  const block::DiskSpec spec = Text(
      "dev_path: '/dev/sda' size: 10737418240 pretty_size: '11 GB' io_size: 512 sector_size: 512 "
      "model: 'QEMU DISK' "
      "wwid: 't10.ATA     QEMU' symlinks: '/dev/disk/by-path/pci-0000:00:07.0'");
  CHECK(ToYaml(spec) ==
        "dev_path: /dev/sda\n"
        "size: 10737418240\n"
        "pretty_size: 11 GB\n"
        "io_size: 512\n"
        "sector_size: 512\n"
        "readonly: false\n"
        "cdrom: false\n"
        "model: QEMU DISK\n"
        "wwid: t10.ATA     QEMU\n"
        "symlinks:\n"
        "    - /dev/disk/by-path/pci-0000:00:07.0\n");
}

TEST_CASE("VolumeStatus: a field that is optional is there when it is set, zero or not") {
  const block::VolumeStatusSpec spec = Text(
      "phase: VOLUME_PHASE_READY type: VOLUME_TYPE_PARTITION location: '/dev/sda6' size: 1000 "
      "pretty_size: '1.0 kB' "
      "filesystem: FILESYSTEM_TYPE_XFS encryption_slot: 0 trim_interval { seconds: 604800 } "
      "mount_spec { target_path: '/var' file_mode: 493 bind_target: '' parameters { name: 'x' "
      "binary: '\\001\\002' } }");
  CHECK(ToYaml(spec) ==
        "phase: ready\n"
        "type: partition\n"
        "location: /dev/sda6\n"
        "size: 1000\n"
        "prettySize: 1.0 kB\n"
        "filesystem: xfs\n"
        "encryptionSlot: 0\n"
        "trimInterval: 168h0m0s\n"
        "mountSpec:\n"
        "    targetPath: /var\n"
        "    selinuxLabel: \"\"\n"
        "    projectQuotaSupport: false\n"
        "    fileMode: 493\n"
        "    bindTarget: \"\"\n"
        "    parameters:\n"
        "        - type: string\n"
        "          name: x\n"
        "          binary:\n"
        "            - 1\n"
        "            - 2\n");
}

TEST_CASE("VolumeConfig: an expression is its source") {
  block::VolumeConfigSpec spec = Text("type: VOLUME_TYPE_PARTITION provisioning { wave: -1 }");
  *spec.mutable_locator()->mutable_match() =
      *CelFromText("volume.partition_label == \"META\"&&(true)");
  CHECK(ToYaml(spec) ==
        "type: partition\n"
        "provisioning:\n"
        "    wave: -1\n"
        "locator:\n"
        "    match: volume.partition_label == \"META\" && true\n");
}

TEST_CASE("MachineStatus: a message that is not set reads as an empty one") {
  CHECK(ToYaml(runtime::MachineStatusSpec()) ==
        "stage: unknown\n"
        "status:\n"
        "    ready: false\n"
        "    unmetConditions: []\n");
  const runtime::MachineStatusSpec spec = Text(
      "stage: MACHINE_STAGE_SHUTTING_DOWN status { unmet_conditions { name: 'services' reason: "
      "'etcd: not healthy' } }");
  CHECK(ToYaml(spec) ==
        "stage: shutting down\n"
        "status:\n"
        "    ready: false\n"
        "    unmetConditions:\n"
        "        - name: services\n"
        "          reason: 'etcd: not healthy'\n");
}

TEST_CASE("EtcFileSpec: bytes that are text") {
  const files::EtcFileSpecSpec spec = Text(
      R"(contents: "127.0.0.1 localhost\n" mode: 420 selinux_label: 'system_u:object_r:etc_t:s0')");
  CHECK(ToYaml(spec) ==
        "contents: |\n"
        "    127.0.0.1 localhost\n"
        "mode: 420\n"
        "selinux_label: system_u:object_r:etc_t:s0\n");
}

TEST_CASE("DiscoveryConfig: bytes that are not text are a list of numbers") {
  const cluster::ConfigSpec spec = Text(
      "discovery_enabled: true service_encryption_key: '\\000\\377' service_endpoints { name: 'a' "
      "endpoint: 'b:443' }");
  CHECK(ToYaml(spec) ==
        "discoveryEnabled: true\n"
        "registryKubernetesEnabled: false\n"
        "registryServiceEnabled: false\n"
        "serviceEndpoint: \"\"\n"
        "serviceEncryptionKey:\n"
        "    - 0\n"
        "    - 255\n"
        "serviceClusterID: \"\"\n"
        "serviceEndpoints:\n"
        "    - name: a\n"
        "      endpoint: b:443\n"
        "      insecure: false\n");
}

TEST_CASE("Diagnostic: a list without elements") {
  const runtime::DiagnosticSpec spec = Text("message: 'kubelet CSR is not approved'");
  CHECK(ToYaml(spec) == "message: kubelet CSR is not approved\ndetails: []\n");
}

TEST_CASE("ApiCertificate: pairs are base64, one that is not there is null") {
  const secrets::APICertsSpec spec = Text(
      "server { crt: 'crt' key: 'key' } accepted_cas { crt: 'ca' } skip_verifying_client_cert: "
      "true");
  CHECK(ToYaml(spec) ==
        "acceptedCAs:\n"
        "    - crt: Y2E=\n"
        "client: null\n"
        "server:\n"
        "    crt: Y3J0\n"
        "    key: a2V5\n"
        "skipVerifyingClientCert: true\n");
}

TEST_CASE("KubeletSecret: a URL is its text") {
  const secrets::KubeletSpec spec = Text("endpoint { full_path: 'https://10.0.0.1:6443/' }");
  CHECK(ToYaml(spec) ==
        "endpoint: https://10.0.0.1:6443/\n"
        "acceptedCAs: []\n"
        "bootstrapTokenID: \"\"\n"
        "bootstrapTokenSecret: \"\"\n");
}

TEST_CASE("WatchdogTimerStatus and TUFTrustedRoot: durations and times") {
  const runtime::WatchdogTimerStatusSpec status =
      Text("device: '/dev/watchdog0' timeout { seconds: 90 } feed_interval { nanos: 500000000 }");
  CHECK(ToYaml(status) == "device: /dev/watchdog0\ntimeout: 1m30s\nfeedInterval: 500ms\n");
  CHECK(ToYaml(block::FSScrubScheduleSpec()) ==
        "filesystem: none\ninterval: 0s\nnextScrub: 0001-01-01T00:00:00Z\n");
}

TEST_CASE("a spec of one inline field reads as that field") {
  const config::MachineConfigSpec config =
      Text(R"(yaml_marshalled: "version: v1alpha1\n---\nkind: x\n")");
  CHECK(ToYaml(config) == "|\n    version: v1alpha1\n    ---\n    kind: x\n");
  const config::MachineTypeSpec type = Text("machine_type: CONTROL_PLANE");
  CHECK(ToYaml(type) == "controlplane\n");
  const k8s::StaticPodStatusSpec status = Text(
      "pod_status { fields { key: 'phase' value { string_value: 'Running' } } fields { key: 'n' "
      "value { number_value: "
      "6443 } } }");
  CHECK(ToYaml(status) == "\"n\": 6443\nphase: Running\n");
  CHECK(ToYaml(k8s::StaticPodStatusSpec()) == "{}\n");
}

TEST_CASE("a spec whose bytes are YAML is those bytes") {
  network::DeviceConfigSpecSpec spec;
  CHECK(ToYaml(spec) == "{}\n");
  spec.set_yaml_marshalled("device:\n  interface: eth0 # comment\n");
  CHECK(ToYaml(spec) == spec.yaml_marshalled());
  network::DeviceConfigSpecSpec back;
  CHECK_THAT(FromYaml(spec.yaml_marshalled(), back), IsOk());
  CHECK(back.yaml_marshalled() == spec.yaml_marshalled());
}

TEST_CASE("a spec without fields is an empty mapping") {
  CHECK(ToYaml(block::VolumeLifecycleSpec()) == "{}\n");
}

TEST_CASE("maps are sorted by key") {
  const cri::RegistriesConfigSpec spec = Text(
      "registry_auths { key: 'z' value { registry_username: 'u' } } registry_auths { key: '*' "
      "value {} } "
      "registry_tls { key: 'a' value { tls_client_identity { crt: 'c' } tls_ca: 'ca' } }");
  CHECK(ToYaml(spec) ==
        "auths:\n"
        "    '*': {}\n"
        "    z:\n"
        "        username: u\n"
        "tls:\n"
        "    a:\n"
        "        clientIdentity:\n"
        "            crt: Yw==\n"
        "            key: \"\"\n"
        "        ca: Y2E=\n");
}

TEST_CASE("ControllerStatus: a type of our own") {
  const runtime::ControllerStatusSpec spec = Text(
      "kind: ACTUATOR phase: FAILING error: 'no such link' failures: 3 next_retry { seconds: 1 } "
      "inputs: 'A'");
  CHECK(ToYaml(spec) ==
        "kind: actuator\n"
        "phase: failing\n"
        "error: no such link\n"
        "failures: 3\n"
        "nextRetry: 1s\n"
        "inputs:\n"
        "    - A\n"
        "outputs: []\n");
}

}  // namespace
}  // namespace ichor
