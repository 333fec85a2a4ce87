#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: machine section: both sections are required") {
  CheckTexts({{"debug: true\n",
               "1:1: machine: machine instructions are required\n"
               "1:1: cluster: cluster instructions are required"},
              {"machine: {type: worker, ca: {crt: YQ==}}\n",
               "1:1: cluster: cluster instructions are required"},
              {"cluster: {}\n", "1:1: machine: machine instructions are required"}});
}

TEST_CASE("validate: machine section: the type of a machine is a known one") {
  CheckTexts({{"machine: {type: boss, ca: {crt: YQ==}}\n"
               "cluster: {}\n",
               "1:17: machine.type: unknown machine type: \"boss\" (use controlplane or worker)"},
              {"machine: {type: join, ca: {crt: YQ==}}\n"
               "cluster: {}\n",
               "1:17: warning: machine.type: the type join is deprecated (use worker)"},
              {"machine: {type: init, ca: {crt: YQ==, key: YQ==}}\n"
               "cluster: {}\n",
               ""},
              {"machine: {ca: {crt: YQ==}}\n"
               "cluster: {}\n",
               ""}});
}

TEST_CASE(
    "validate: machine section: a machine has the parts of the CA that it needs, and no others") {
  CheckTexts({{"machine: {type: worker}\n"
               "cluster: {}\n",
               "1:10: machine.ca: the CA of the API is required (set machine.ca or "
               "machine.acceptedCAs)"},
              {"machine: {type: controlplane}\n"
               "cluster: {}\n",
               "1:10: machine.ca: the CA of the API is required (set machine.ca or "
               "machine.acceptedCAs)"},
              {"machine: {type: controlplane, acceptedCAs: [{crt: YQ==}]}\n"
               "cluster: {}\n",
               "1:10: machine.ca: required on a control plane"},
              {"machine: {type: controlplane, ca: {crt: YQ==}}\n"
               "cluster: {}\n",
               "1:35: machine.ca.key: required on a control plane"},
              {"machine: {type: worker, ca: {crt: YQ==, key: YQ==}}\n"
               "cluster: {}\n",
               "1:46: machine.ca.key: a worker must not have the CA's key (remove it)"},
              {"machine: {type: worker, ca: {}}\n"
               "cluster: {}\n",
               "1:29: machine.ca.crt: required (set machine.ca.crt or machine.acceptedCAs)"},
              {"machine: {type: worker, acceptedCAs: [{crt: YQ==}]}\n"
               "cluster: {}\n",
               ""}});
}

TEST_CASE("validate: machine section: an install has one disk") {
  CheckWorker(
      {{"  install: {}\n", "4:12: machine.install: neither disk nor diskSelector is set"},
       {"  install: {disk: /dev/sda}\n", ""},
       {"  install: {diskSelector: {name: sda}}\n",
        "4:34: machine.install.diskSelector.name: not supported (match by another property)"},
       {"  install: {diskSelector: {type: floppy}}\n",
        "4:34: machine.install.diskSelector.type: got \"floppy\", expected one of ssd, hdd, "
        "nvme, sd"},
       {"  install: {diskSelector: {size: '<> 1TB'}}\n",
        "4:34: machine.install.diskSelector.size: got \"<> 1TB\", expected a size with an "
        "operator such as < 1TB"},
       {"  install: {diskSelector: {size: '>= 100GB', model: WDC*}}\n", ""},
       {"  install: {disk: a, extraKernelArgs: [x], grubUseUKICmdline: true}\n",
        "4:39: machine.install.extraKernelArgs: cannot be used together with "
        "grubUseUKICmdline"},
       {"  install: {disk: a, extensions: [{image: x}, {image: x}]}\n",
        "4:34: warning: machine.install.extensions: deprecated (build them into the image)\n"
        "4:55: machine.install.extensions[1].image: duplicate system extension \"x\""}});
}

TEST_CASE("validate: machine section: only the last partition of a disk takes the rest") {
  CheckWorker(
      {{"  disks: [null]\n", "4:11: machine.disks[0]: null"},
       {"  disks: [{device: /dev/sdb, partitions: [{mountpoint: /a}, {size: 1GB, mountpoint: "
        "/b}]}]\n",
        "4:43: machine.disks[0].partitions[0].size: only the last partition may take the "
        "rest of the disk"},
       {"  disks: [{device: /dev/sdb, partitions: [{size: 1GB, mountpoint: /a}, {mountpoint: "
        "/b}]}]\n",
        ""}});
}

TEST_CASE(
    "validate: machine section: encryption of the system disk has keys in slots of their own") {
  CheckWorker(
      {{"  systemDiskEncryption: {state: {provider: luks2}}\n",
        "4:33: machine.systemDiskEncryption.state.keys: no encryption keys"},
       {"  systemDiskEncryption: {ephemeral: {provider: luks2, keys: [{slot: 0, nodeID: {}}, "
        "{slot: 0, tpm: {}}]}}\n",
        "4:92: machine.systemDiskEncryption.ephemeral.keys[1].slot: duplicate key slot 0"},
       {"  systemDiskEncryption: {state: {provider: luks2, keys: [{slot: 1}]}}\n",
        "4:58: machine.systemDiskEncryption.state.keys[0]: a key needs one of static, "
        "nodeID, kms and tpm"},
       {"  systemDiskEncryption: {state: {provider: luks2, keys: [{slot: 1, kms: {endpoint: "
        "a}}, {slot: 2, static: {passphrase: b}}]}}\n",
        ""}});
}

TEST_CASE("validate: machine section: logs go to hosts by TCP or UDP") {
  CheckWorker({{"  logging: {destinations: [{format: json_lines}]}\n",
                "4:28: machine.logging.destinations[0].endpoint: required"},
               {"  logging: {destinations: [{endpoint: 'tcp:///a', format: json_lines}]}\n",
                "4:39: machine.logging.destinations[0].endpoint: the endpoint has no host"},
               {"  logging: {destinations: [{endpoint: 'http://h:1/', format: json_lines}]}\n",
                "4:39: machine.logging.destinations[0].endpoint: the scheme \"http\" is not "
                "supported (use tcp or udp)"},
               {"  logging: {destinations: [{endpoint: 'udp://h:1/', format: text}]}\n",
                "4:61: machine.logging.destinations[0].format: got \"text\", expected one of "
                "json_lines"},
               {"  logging: {destinations: [{endpoint: 'udp://h:1/'}]}\n",
                "4:28: machine.logging.destinations[0].format: required (json_lines)"}});
}

TEST_CASE("validate: machine section: features need what they build on") {
  CheckWorker(
      {{"  features: {hostDNS: {forwardKubeDNSToHost: true}}\n",
        "4:46: machine.features.hostDNS.forwardKubeDNSToHost: needs hostDNS to be enabled"},
       {"  features: {kubernetesTalosAPIAccess: {enabled: true, allowedRoles: [os:reader]}}\n",
        "4:40: machine.features.kubernetesTalosAPIAccess: can only be enabled on a control "
        "plane"}});
  CheckControlPlane(
      {{"  features: {kubernetesTalosAPIAccess: {enabled: true, allowedRoles: [os:boss]}}\n",
        "4:71: machine.features.kubernetesTalosAPIAccess.allowedRoles[0]: unknown role "
        "\"os:boss\""}});
  CheckWorker({{"  features: {nodeAddressSortAlgorithm: v3}\n",
                "4:40: machine.features.nodeAddressSortAlgorithm: got \"v3\", expected v1 or v2"}});
}

TEST_CASE("validate: machine section: registries are no nulls") {
  CheckWorker({{"  registries: {mirrors: {docker.io: null}, config: {ghcr.io: }}\n",
                "4:37: machine.registries.mirrors[\"docker.io\"]: null\n"
                "4:62: machine.registries.config[\"ghcr.io\"]: null"}});
}

TEST_CASE("validate: machine section: a config that is not kept is refused") {
  CheckTexts(
      {{"persist: false\n"
        "machine: {type: worker, ca: {crt: YQ==}}\n"
        "cluster: {}\n",
        "1:10: persist: a config that is not kept is not supported (remove it)"}});
}

TEST_CASE("validate: machine section: the kubelet takes addresses of networks") {
  CheckWorker({{"  kubelet: {nodeIP: {validSubnets: [a, '!10.0.0.0/8', 10.0.0.1]}}\n",
                "4:37: machine.kubelet.nodeIP.validSubnets[0]: \"a\" is no IP prefix or address, "
                "perhaps with '!' before it"}});
}

TEST_CASE(
    "validate: machine section: fields of the kubelet that the node sets itself are refused") {
  for (const std::string_view key :
       {"apiVersion", "authentication", "authorization", "cgroupRoot", "kind", "kubeletCgroups",
        "port", "protectKernelDefaults", "resolvConf", "rotateCertificates", "systemCgroups",
        "staticPodPath", "seccompDefault"}) {
    CHECK(Complaint(Worker(Cat("  kubelet:\n    extraConfig:\n      ", key, ": 1\n"))) ==
          Cat("6:", key.size() + 9, ": machine.kubelet.extraConfig.", key,
              ": the node sets this field of the kubelet itself"));
  }
}

TEST_CASE("validate: machine section: labels, annotations and taints have the form of Kubernetes") {
  CheckWorker(
      {{"  nodeLabels: {a/b: c, -x: y, z: 'a b', "
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: a}\n",
        "4:28: machine.nodeLabels[\"-x\"]: the name must be 1 to 63 letters, digits, '-', "
        "'_' or '.', perhaps with a domain and '/' before it\n"
        "4:34: machine.nodeLabels[\"z\"]: the value must be at most 63 letters, digits, '-', "
        "'_' or '.', a letter or digit at both ends\n"
        "4:107: "
        "machine.nodeLabels[\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\"]: "
        "the name must be 1 to 63 letters, digits, '-', '_' or '.', perhaps with a domain and '/' "
        "before it"},
       {"  nodeAnnotations: {-x: y, talos.dev/owned-labels: a, talos.dev/owned-annotations: "
        "b, talos.dev/owned-taints: c}\n",
        "4:25: machine.nodeAnnotations[\"-x\"]: the name must be 1 to 63 letters, digits, "
        "'-', '_' or '.', perhaps with a domain and '/' before it\n"
        "4:52: machine.nodeAnnotations[\"talos.dev/owned-labels\"]: the annotation is "
        "reserved for the node\n"
        "4:84: machine.nodeAnnotations[\"talos.dev/owned-annotations\"]: the annotation is "
        "reserved for the node\n"
        "4:111: machine.nodeAnnotations[\"talos.dev/owned-taints\"]: the annotation is "
        "reserved for the node"},
       {"  nodeTaints: {a: NoSchedule, b: 'v:NoExecute', c: Never, d: 'v:Never', e: "
        "PreferNoSchedule, f: 'a b:NoSchedule'}\n",
        "4:52: machine.nodeTaints[\"c\"]: \"Never\" is no taint: expected EFFECT or "
        "VALUE:EFFECT, where EFFECT is NoSchedule, PreferNoSchedule or NoExecute\n"
        "4:62: machine.nodeTaints[\"d\"]: \"v:Never\" is no taint: expected EFFECT or "
        "VALUE:EFFECT, where EFFECT is NoSchedule, PreferNoSchedule or NoExecute\n"
        "4:97: machine.nodeTaints[\"f\"]: \"a b:NoSchedule\" is no taint: expected EFFECT or "
        "VALUE:EFFECT, where EFFECT is NoSchedule, PreferNoSchedule or NoExecute"}});
}

TEST_CASE("validate: machine section: what is on its way out is warned about") {
  CheckWorker(
      {{"  files: [{path: /a, content: b, permissions: 0o600, op: create}]\n",
        "4:10: warning: machine.files: deprecated (use EtcFileConfig)"},
       {"  baseRuntimeSpecOverrides: {process: {rlimits: [{type: RLIMIT_NOFILE, hard: 1024, "
        "soft: 1024}]}, x: 1}\n",
        "4:29: warning: machine.baseRuntimeSpecOverrides: deprecated (use "
        "CRIBaseRuntimeSpecConfig)"}});
}

TEST_CASE("validate: machine section: overrides of the runtime's spec have the types of OCI") {
  CheckWorker(
      {{"  baseRuntimeSpecOverrides: {process: 1, hostname: 1, mounts: {}, annotations: {a: "
        "1}}\n",
        "4:29: warning: machine.baseRuntimeSpecOverrides: deprecated (use "
        "CRIBaseRuntimeSpecConfig)\n"
        "4:39: machine.baseRuntimeSpecOverrides.process: expected a mapping\n"
        "4:52: machine.baseRuntimeSpecOverrides.hostname: expected a string\n"
        "4:63: machine.baseRuntimeSpecOverrides.mounts: expected a list\n"
        "4:84: machine.baseRuntimeSpecOverrides.annotations[\"a\"]: expected a string"},
       {"  baseRuntimeSpecOverrides: {process: {args: x, terminal: 'true', rlimits: [{hard: "
        "'1', soft: -1}], oomScoreAdj: 1.5}}\n",
        "4:29: warning: machine.baseRuntimeSpecOverrides: deprecated (use "
        "CRIBaseRuntimeSpecConfig)\n"
        "4:46: machine.baseRuntimeSpecOverrides.process.args: expected a list\n"
        "4:59: machine.baseRuntimeSpecOverrides.process.terminal: expected true or false\n"
        "4:84: machine.baseRuntimeSpecOverrides.process.rlimits[0].hard: expected an integer "
        "that is not negative\n"
        "4:95: machine.baseRuntimeSpecOverrides.process.rlimits[0].soft: expected an integer "
        "that is not negative\n"
        "4:114: machine.baseRuntimeSpecOverrides.process.oomScoreAdj: expected an integer"}});
}

TEST_CASE("validate: machine section: the kubelet's version is one that we run") {
  CheckWorker(
      {{"  kubelet: {image: 'a:v1.31.9'}\n",
        "4:20: machine.kubelet.image: Kubernetes 1.31 is too old: 1.32 to 1.37 are supported"},
       {"  kubelet: {image: 'a:v1.38.0-alpha.1'}\n",
        "4:20: machine.kubelet.image: Kubernetes 1.38 is too new: 1.32 to 1.37 are supported"},
       {"  kubelet: {image: 'a:v2.0.0'}\n",
        "4:20: machine.kubelet.image: Kubernetes 2.0 is too new: 1.32 to 1.37 are supported"},
       {"  kubelet: {image: 'a:latest'}\n",
        "4:20: machine.kubelet.image: \"a:latest\" names no version of Kubernetes (such as "
        "IMAGE:v1.36.0)"},
       {"  kubelet: {image: 'localhost:5000/a'}\n",
        "4:20: machine.kubelet.image: \"localhost:5000/a\" names no version of Kubernetes "
        "(such as IMAGE:v1.36.0)"},
       {"  kubelet: {image: 'localhost:5000/a:v1.32.0-rc.1'}\n", ""},
       {"  kubelet: {image: 'a:v1.37.9@sha256:0'}\n", ""}});
}

}  // namespace
}  // namespace ichor::config
