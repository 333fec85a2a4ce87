#include "lib/config/validate/validate.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/random_config.h"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

// The findings of a document of its own.
std::string DocumentComplaint(std::string_view kind, std::string_view rest) {
  return Complaint(DocumentText(kind, rest));
}

TEST_CASE("validate: a good config has no findings") {
  CHECK(Complaint(Worker("  install: {disk: /dev/sda}\n")).empty());
  CHECK(Complaint(
            ControlPlane("  install: {disk: /dev/sda}\n", "  etcd: {ca: {crt: YQ==, key: YQ==}}\n"))
            .empty());
}

TEST_CASE("validate: machine and cluster are required") {
  CHECK(Complaint("debug: true\n") ==
        "1:1: machine: machine instructions are required\n1:1: cluster: cluster instructions are "
        "required");
}

TEST_CASE("validate: the machine's type and CA") {
  CHECK(Complaint("machine: {type: boss, ca: {crt: YQ==}}\ncluster: {}\n") ==
        "1:17: machine.type: unknown machine type: \"boss\" (use controlplane or worker)");
  CHECK(Complaint("machine: {type: join, ca: {crt: YQ==}}\ncluster: {}\n") ==
        "1:17: warning: machine.type: the type join is deprecated (use worker)");
  CHECK(Complaint("machine: {type: worker}\ncluster: {}\n") ==
        "1:10: machine.ca: the CA of the API is required (set machine.ca or machine.acceptedCAs)");
  CHECK(Complaint("machine: {type: worker, ca: {crt: YQ==, key: YQ==}}\ncluster: {}\n") ==
        "1:46: machine.ca.key: a worker must not have the CA's key (remove it)");
  CHECK(Complaint("machine: {type: controlplane, ca: {crt: YQ==}}\ncluster: {}\n") ==
        "1:35: machine.ca.key: required on a control plane");
}

TEST_CASE("validate: an install needs a disk, on metal only") {
  CHECK(Complaint(Worker("  install: {}\n")) ==
        "4:12: machine.install: neither disk nor diskSelector is set");
  CHECK(Complaint(Worker("  install: {}\n"), {.mode = Mode::kCloud}).empty());
  CHECK(
      Complaint(Worker("  install: {disk: a, extraKernelArgs: [x], grubUseUKICmdline: true}\n")) ==
      "4:39: machine.install.extraKernelArgs: cannot be used together with grubUseUKICmdline");
  CHECK(Complaint(Worker("  install: {disk: a, extensions: [{image: x}, {image: x}]}\n"),
                  {.mode = Mode::kCloud}) ==
        "4:34: warning: machine.install.extensions: deprecated (build them into the image)\n"
        "4:55: machine.install.extensions[1].image: duplicate system extension \"x\"");
  CHECK(Complaint(Worker("  install: {diskSelector: {type: floppy}}\n")) ==
        "4:34: machine.install.diskSelector.type: got \"floppy\", expected one of ssd, hdd, nvme, "
        "sd");
}

TEST_CASE("validate: the rules of interfaces") {
  const auto interfaces = [](std::string_view items) {
    return Complaint(Worker("  network:\n    interfaces:\n" + std::string(items)));
  };
  CHECK(interfaces("      - {dhcp: true}\n") ==
        "6:9: machine.network.interfaces[0]: neither interface nor deviceSelector is set");
  CHECK(interfaces("      - {interface: a, deviceSelector: {}}\n") ==
        "6:9: machine.network.interfaces[0]: interface and deviceSelector are both set\n"
        "6:40: machine.network.interfaces[0].deviceSelector: an empty selector matches everything");
  CHECK(interfaces("      - {interface: a, ignore: true, addresses: [x]}\n").empty());
  CHECK(interfaces("      - {interface: a, addresses: [x]}\n") ==
        "6:36: machine.network.interfaces[0].addresses[0]: \"x\" is no IP address");
  CHECK(interfaces("      - {interface: a, vip: {ip: 10.0.0.1}}\n") ==
        "6:29: machine.network.interfaces[0].vip: a worker cannot have a virtual IP");
  CHECK(interfaces("      - {interface: a, routes: [{metric: 1}]}\n") ==
        "6:33: machine.network.interfaces[0].routes[0]: neither network nor gateway is set");
  CHECK(interfaces("      - {interface: b, bond: {mode: balance-rr, interfaces: [a], lacpRate: "
                   "fast, updelay: 5}}\n"
                   "      - {interface: a, dhcp: true}\n") ==
        "6:76: machine.network.interfaces[0].bond.lacpRate: only supported in the modes 802.3ad\n"
        "6:91: machine.network.interfaces[0].bond.updelay: needs miimon to be set\n"
        "7:9: machine.network.interfaces[1]: the link is part of \"b\": it cannot have dhcp, cidr, "
        "addresses or vip");
  CHECK(interfaces("      - {interface: w, wireguard: {privateKey: x, peers: [{publicKey: y, "
                   "endpoint: z}]}}\n") ==
        "6:48: machine.network.interfaces[0].wireguard.privateKey: expected base64 of 32 bytes\n"
        "6:71: machine.network.interfaces[0].wireguard.peers[0].publicKey: expected base64 of 32 "
        "bytes\n"
        "6:84: machine.network.interfaces[0].wireguard.peers[0].endpoint: \"z\" is no address with "
        "a port");
}

TEST_CASE("validate: the rules of the cluster section") {
  CHECK(
      Complaint("machine: {ca: {crt: YQ==}}\ncluster: {controlPlane: {endpoint: 'http://a'}}\n") ==
      "2:36: cluster.controlPlane.endpoint: \"http://a\" is no HTTPS URL (such as "
      "https://api.example.org:6443)");
  CHECK(Complaint(Worker("", "  etcd: {}\n")) ==
        "6:9: cluster.etcd: only a control plane runs etcd (remove it)");
  CHECK(
      Complaint(ControlPlane("", "  etcd: {subnet: a, advertisedSubnets: [b, '!10.0.0.0/8']}\n")) ==
      "6:9: cluster.etcd.ca: required on a control plane\n"
      "6:18: cluster.etcd.subnet: cannot be used together with advertisedSubnets\n"
      "6:41: cluster.etcd.advertisedSubnets[0]: \"b\" is no IP prefix or address, perhaps with '!' "
      "before it");
  CHECK(Complaint(ControlPlane(
            "", "  network: {cni: {name: none, urls: ['https://a.example.org/x']}}\n")) ==
        "6:37: cluster.network.cni.urls: cannot be used with the CNI \"none\" (set "
        "cluster.network.cni.name: custom)");
  CHECK(Complaint(ControlPlane("", "  network: {cni: {name: calico}}\n")) ==
        "6:25: cluster.network.cni.name: got \"calico\", expected one of flannel, custom, none");
  CHECK(Complaint(ControlPlane("", "  inlineManifests: [{name: a}, {name: a}]\n")) ==
        "6:39: cluster.inlineManifests[1].name: duplicate inline manifest \"a\"");
  CHECK(Complaint(ControlPlane("", "  scheduler: {resources: {limits: {disk: 1}}}\n")) ==
        "6:42: cluster.scheduler.resources.limits[\"disk\"]: only cpu and memory are supported");
}

TEST_CASE("validate: labels, annotations and taints have the form of Kubernetes") {
  CHECK(Complaint(Worker("  nodeLabels: {a/b: c, -x: y, z: 'a b'}\n  nodeTaints: {a: NoSchedule, "
                         "b: 'v:NoExecute', c: Never}\n")) ==
        "4:28: machine.nodeLabels[\"-x\"]: the name must be 1 to 63 letters, digits, '-', '_' or "
        "'.', perhaps with a domain and '/' before it\n"
        "4:34: machine.nodeLabels[\"z\"]: the value must be at most 63 letters, digits, '-', '_' "
        "or '.', a letter or digit at both ends\n"
        "5:52: machine.nodeTaints[\"c\"]: \"Never\" is no taint: expected EFFECT or VALUE:EFFECT, "
        "where EFFECT is NoSchedule, PreferNoSchedule or NoExecute");
}

TEST_CASE("validate: warnings are errors if somebody wants that") {
  const std::string text =
      Worker("  files: [{path: /a, content: b, permissions: 0o600, op: create}]\n");
  CHECK(Complaint(text) == "4:10: warning: machine.files: deprecated (use EtcFileConfig)");
  CHECK(Complaint(text, {.strict = true}) == "4:10: machine.files: deprecated (use EtcFileConfig)");
}

TEST_CASE("validate: documents and the fields they replace exclude each other") {
  CHECK(Complaint(Worker("  network: {hostname: n}\n") +
                  "---\n{apiVersion: v1alpha1, kind: HostnameConfig, hostname: m}\n") ==
        "4:23: machine.network.hostname: is set, and HostnameConfig is there too (say it in "
        "HostnameConfig only)");
  CHECK(Complaint(Worker("") + "---\n{apiVersion: v1alpha1, kind: KubeCoreDNSConfig}\n") ==
        "7:1: KubeCoreDNSConfig: KubeCoreDNSConfig is only for a control plane (remove it, or set "
        "machine.type: controlplane)");
}

TEST_CASE("validate: documents that need others say so") {
  CHECK(DocumentComplaint("DiscoveryServiceConfig", "name: a\nendpoint: https://a.example.org/") ==
        "1:1: DiscoveryServiceConfig a: discovery needs the cluster's identity (add "
        "DiscoveryIdentityConfig)");
  CHECK(DocumentComplaint("KubeSpanConfig", "enabled: true") ==
        "3:10: KubeSpanConfig: enabled: KubeSpan needs cluster discovery (add "
        "DiscoveryServiceConfig)");
  CHECK(Complaint(Worker(""), {.mode = Mode::kContainer}) ==
        "1:1: in a container hostDNS must be enabled and forward the cluster's DNS (set "
        "ResolverConfig.hostDNS.enabled and "
        "forwardKubeDNSToHost)");
  CHECK(Complaint(ControlPlane("", "  ca: {crt: YQ==, key: YQ==}\n")) ==
        "1:1: a control plane needs encryption of secrets in etcd (add KubeEtcdEncryptionConfig)");
  const std::string digest = "image: 'a@sha256:0'\n";
  CHECK(DocumentComplaint("ContainerConfig",
                          "name: a\n" + digest +
                              "dependsOn: {containers: [b]}\n---\napiVersion: v1alpha1\n"
                              "kind: ContainerConfig\nname: b\n" +
                              digest + "dependsOn: {containers: [a]}") ==
        "5:25: ContainerConfig a: dependsOn.containers: the containers wait for each other\n"
        "11:25: ContainerConfig b: dependsOn.containers: the containers wait for each other");
}

TEST_CASE("validate: rules of single documents") {
  CHECK(DocumentComplaint("HostnameConfig", "auto: stable\nhostname: a") ==
        "4:11: HostnameConfig: hostname: auto and hostname are both set (set auto: off)");
  CHECK(DocumentComplaint("HostnameConfig", "") ==
        "1:1: HostnameConfig: neither auto nor hostname is set");
  CHECK(DocumentComplaint("VLANConfig", "name: a\nvlanID: 4095") ==
        "1:1: VLANConfig a: parent: required\n4:9: VLANConfig a: vlanID: must be from 1 to 4094");
  CHECK(DocumentComplaint("BondConfig", "name: a\nlinks: [b]\nbondMode: 802.3ad\nprimary: c") ==
        "6:10: BondConfig a: primary: \"c\" is none of links\n"
        "6:10: BondConfig a: primary: not supported in the mode 802.3ad");
  CHECK(DocumentComplaint("VethConfig", "name: a\npeer: {name: an/other}") ==
        "4:14: VethConfig a: peer.name: '/', ':' and blanks are not allowed");
  CHECK(DocumentComplaint("UserVolumeConfig",
                          "name: a_b\nprovisioning: {minSize: 2GiB, maxSize: 1GiB}") ==
        "3:7: UserVolumeConfig a_b: name: only letters, digits and '-' are allowed\n"
        "4:15: UserVolumeConfig a_b: provisioning.diskSelector.match: required\n"
        "4:25: UserVolumeConfig a_b: provisioning.minSize: greater than maxSize");
  CHECK(DocumentComplaint("VolumeConfig",
                          "name: STATE\nencryption: {provider: luks2, keys: [{slot: 0}]}") ==
        "4:38: VolumeConfig STATE: encryption.keys[0]: a key needs one of static, nodeID, kms and "
        "tpm");
  CHECK(DocumentComplaint("NetworkRuleConfig",
                          "name: a\nportSelector: {ports: [80-90, 85, 5-1], protocol: tcp}") ==
        "4:31: NetworkRuleConfig a: portSelector.ports[1]: overlaps another range\n"
        "4:35: NetworkRuleConfig a: portSelector.ports[2]: the range is the wrong way round");
  CHECK(DocumentComplaint("RoutingRuleConfig", "name: '32766'\ntable: 7") ==
        "3:7: RoutingRuleConfig 32766: name: \"32766\" is no free priority (a number other than 0, "
        "32500, 32766 and 32767)");
  CHECK(DocumentComplaint("EtcFileConfig", "name: ssl/x\nmode: 0o644\ncontents: a") ==
        "3:7: EtcFileConfig ssl/x: name: /etc/ssl/x is written by the node itself");
  CHECK(DocumentComplaint("WatchdogTimerConfig", "device: /dev/watchdog\ntimeout: 5s") ==
        "4:10: WatchdogTimerConfig: timeout: must be at least 10s");
  CHECK(DocumentComplaint("KmsgLogConfig", "name: a\nurl: 'tcp://h'") ==
        "4:6: KmsgLogConfig a: url: the port is missing");
  CHECK(DocumentComplaint("RegistryAuthConfig", "name: a\nusername: u\nauth: b") ==
        "1:1: RegistryAuthConfig a: only one of username and password, auth, identityToken may be "
        "set");
  CHECK(DocumentComplaint("LinkConfig", "mtu: 1") == "1:1: LinkConfig: name: required");
}

TEST_CASE("validate: rules of Kubernetes' documents") {
  const auto complaint = [](std::string_view kind, std::string_view rest) {
    return Complaint(ControlPlane("") + "---\n{apiVersion: v1alpha1, kind: " + std::string(kind) +
                     ", " + std::string(rest) + "}\n");
  };
  CHECK(complaint("KubeAPIServerConfig", "image: 'a:v1.36.0', extraArgs: {oidc-issuer-url: x}") ==
        "7:100: KubeAPIServerConfig: extraArgs.oidc-issuer-url: other documents say this (use "
        "KubeAuthenticationConfig or KubeAuthorizerConfig)");
  CHECK(complaint("KubeSchedulerConfig", "enabled: false").empty());
  CHECK(complaint("KubeSchedulerConfig", "enabled: true") ==
        "7:1: KubeSchedulerConfig: image: required");
  CHECK(complaint("KubeNetworkConfig",
                  "podSubnets: [10.0.0.0/8, 10.1.0.1/16], serviceSubnets: [10.96.0.0/30]") ==
        "7:74: KubeNetworkConfig: podSubnets[1]: a second network of the same family\n"
        "7:74: KubeNetworkConfig: podSubnets[1]: the address has bits behind its prefix\n"
        "7:104: KubeNetworkConfig: serviceSubnets: as many as podSubnets are required\n"
        "7:105: KubeNetworkConfig: serviceSubnets[0]: fewer than 16 addresses");
  CHECK(complaint("KubeAuthorizerConfig", "name: a, type: Webhook") ==
        "7:1: KubeAuthorizerConfig a: webhook: required for the type Webhook");
  CHECK(complaint("KubePrismConfig", "port: 0") ==
        "7:53: KubePrismConfig: port: must be from 1 to 65535");
  CHECK(complaint("KubeletConfig", "image: 'a:v1.36.0', config: {port: 1, maxPods: 7}") ==
        "7:80: KubeletConfig: config.port: the node sets this field of the kubelet itself");
}

TEST_CASE("validate: any config that loads can be looked at") {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const auto config = Load("", RandomConfig(seed).Config());
    if (!config.ok()) continue;
    for (const Finding& finding : Validate(*config, {.mode = Mode::kContainer})) {
      CHECK_FALSE(finding.message.empty());
    }
  }
}

TEST_CASE("validate: a mode has a name") {
  CHECK(ParseMode("metal") == Mode::kMetal);
  CHECK(ParseMode("container") == Mode::kContainer);
  CHECK_FALSE(ParseMode("moon").has_value());
}

}  // namespace
}  // namespace ichor::config
