#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "config/legacy.pb.h"
#include "lib/config/validate/kubernetes_image.h"
#include "lib/config/validate/rules.h"
#include "lib/config/validate/runtime_spec.h"

namespace ichor::config {
namespace {

using v1alpha1::Machine;

void CheckType(Checker& checker, std::string_view type) {
  constexpr std::array<std::string_view, 5> kTypes = {"", "controlplane", "worker", "init", "join"};
  if (!std::ranges::contains(kTypes, type)) {
    checker.Error("machine.type", Cat("unknown machine type: \"", type, "\""),
                  "use controlplane or worker");
  }
  if (type == "join") checker.Warning("machine.type", "the type join is deprecated", "use worker");
}

void CheckCa(Checker& checker, const Machine& machine, bool control_plane) {
  const bool has_accepted = machine.accepted_cas_size() > 0;
  if (!machine.has_ca() && !has_accepted) {
    return checker.Error("machine.ca", "the CA of the API is required",
                         "set machine.ca or machine.acceptedCAs");
  }
  if (control_plane) {
    if (!machine.has_ca()) return checker.Error("machine.ca", "required on a control plane");
    if (machine.ca().key().empty()) checker.Error("machine.ca.key", "required on a control plane");
    return;
  }
  if (!machine.ca().key().empty()) {
    checker.Error("machine.ca.key", "a worker must not have the CA's key", "remove it");
  }
  if (machine.ca().crt().empty() && !has_accepted) {
    checker.Error("machine.ca.crt", "required", "set machine.ca.crt or machine.acceptedCAs");
  }
}

void CheckInstall(Checker& checker, const Machine& machine) {
  const auto& install = machine.install();
  std::set<std::string> images;
  for (int i = 0; i < install.extensions_size(); ++i) {
    const std::string& image = install.extensions(i).image();
    if (images.insert(image).second) continue;
    checker.Error(Cat("machine.install.extensions[", i, "].image"),
                  Cat("duplicate system extension \"", image, "\""));
  }
  if (install.extensions_size() > 0) {
    checker.Warning("machine.install.extensions", "deprecated", "build them into the image");
  }
  if (checker.options().mode != Mode::kMetal || !machine.has_install()) return;
  if (install.disk().empty() && !install.has_disk_selector()) {
    checker.Error("machine.install", "neither disk nor diskSelector is set");
  }
  if (!install.disk_selector().name().empty()) {
    checker.Error("machine.install.diskSelector.name", "not supported",
                  "match by another property");
  }
  if (install.extra_kernel_args_size() > 0 && install.grub_use_uki_cmdline()) {
    checker.Error("machine.install.extraKernelArgs",
                  "cannot be used together with grubUseUKICmdline");
  }
}

void CheckDisks(Checker& checker, const Machine& machine) {
  for (int i = 0; i < machine.disks_size(); ++i) {
    const std::string path = Cat("machine.disks[", i, "]");
    const Node* node = checker.Find(path);
    if (node == nullptr || node->IsNull()) {
      checker.Error(path, "null");
      continue;
    }
    const auto& partitions = machine.disks(i).partitions();
    for (int j = 0; j + 1 < partitions.size(); ++j) {
      if (!partitions[j].size().empty() && partitions[j].size() != "0") continue;
      checker.Error(Cat(path, ".partitions[", j, "].size"),
                    "only the last partition may take the rest of the disk");
    }
  }
}

template <class Encryption>
void CheckEncryption(Checker& checker, const std::string& path, const Encryption& encryption) {
  if (encryption.keys_size() == 0) checker.Error(Cat(path, ".keys"), "no encryption keys");
  std::set<std::int64_t> slots;
  for (int i = 0; i < encryption.keys_size(); ++i) {
    const auto& key = encryption.keys(i);
    const std::string key_path = Cat(path, ".keys[", i, "]");
    if (!slots.insert(key.slot()).second) {
      checker.Error(Cat(key_path, ".slot"), Cat("duplicate key slot ", key.slot()));
    }
    if (key.has_static_() || key.has_node_id() || key.has_kms() || key.has_tpm()) continue;
    checker.Error(key_path, "a key needs one of static, nodeID, kms and tpm");
  }
}

void CheckLogging(Checker& checker, const Machine& machine) {
  for (int i = 0; i < machine.logging().destinations_size(); ++i) {
    const auto& destination = machine.logging().destinations(i);
    const std::string path = Cat("machine.logging.destinations[", i, "]");
    const UrlParts url = SplitUrl(destination.endpoint());
    if (destination.endpoint().empty()) {
      checker.Error(Cat(path, ".endpoint"), "required");
    } else if (url.host.empty()) {
      checker.Error(Cat(path, ".endpoint"), "the endpoint has no host");
    } else if (url.scheme != "tcp" && url.scheme != "udp") {
      checker.Error(Cat(path, ".endpoint"), Cat("the scheme \"", url.scheme, "\" is not supported"),
                    "use tcp or udp");
    }
    if (destination.format().empty()) checker.Error(Cat(path, ".format"), "required", "json_lines");
  }
}

void CheckFeatures(Checker& checker, const Machine& machine, bool control_plane) {
  const auto& features = machine.features();
  if (features.host_dns().forward_kube_dns_to_host() && !features.host_dns().enabled()) {
    checker.Error("machine.features.hostDNS.forwardKubeDNSToHost", "needs hostDNS to be enabled");
  }
  if (features.kubernetes_talos_api_access().enabled()) {
    if (!control_plane) {
      checker.Error("machine.features.kubernetesTalosAPIAccess",
                    "can only be enabled on a control plane");
    }
    const auto& roles = features.kubernetes_talos_api_access().allowed_roles();
    for (int i = 0; i < roles.size(); ++i) {
      CheckRole(checker, Cat("machine.features.kubernetesTalosAPIAccess.allowedRoles[", i, "]"),
                roles[i]);
    }
  }
  const std::string& algorithm = features.node_address_sort_algorithm();
  if (!algorithm.empty() && algorithm != "v1" && algorithm != "v2") {
    checker.Error("machine.features.nodeAddressSortAlgorithm",
                  Cat("got \"", algorithm, "\", expected v1 or v2"));
  }
}

void CheckRegistries(Checker& checker) {
  for (const std::string_view part : {"machine.registries.mirrors", "machine.registries.config"}) {
    const Node* mapping = checker.Find(part);
    if (mapping == nullptr || !mapping->IsMapping()) continue;
    for (const Node& child : mapping->children) {
      if (child.IsNull()) checker.Error(Cat(part, "[\"", child.key, "\"]"), "null");
    }
  }
}

void CheckKubelet(Checker& checker, const Machine& machine) {
  const auto& subnets = machine.kubelet().node_ip().valid_subnets();
  for (int i = 0; i < subnets.size(); ++i) {
    CheckFilter(checker, Cat("machine.kubelet.nodeIP.validSubnets[", i, "]"), subnets[i]);
  }
  CheckKubeletConfig(checker, "machine.kubelet.extraConfig");
  CheckKubernetesImage(checker, "machine.kubelet.image", machine.kubelet().image());
}

}  // namespace

bool IsControlPlaneType(std::string_view machine_type) {
  return machine_type == "controlplane" || machine_type == "init";
}

void CheckLegacyMachine(Checker& checker) {
  const auto& config = static_cast<const v1alpha1::LegacyConfig&>(*checker.document().message);
  if (config.has_persist() && !config.persist()) {
    checker.Error("persist", "a config that is not kept is not supported", "remove it");
  }
  if (!checker.Has("machine")) return checker.Error("machine", "machine instructions are required");
  const Machine& machine = config.machine();
  const bool control_plane = IsControlPlaneType(machine.type());
  CheckType(checker, machine.type());
  CheckCa(checker, machine, control_plane);
  CheckInstall(checker, machine);
  CheckDisks(checker, machine);
  const auto& encryption = machine.system_disk_encryption();
  if (encryption.has_state()) {
    CheckEncryption(checker, "machine.systemDiskEncryption.state", encryption.state());
  }
  if (encryption.has_ephemeral()) {
    CheckEncryption(checker, "machine.systemDiskEncryption.ephemeral", encryption.ephemeral());
  }
  CheckLogging(checker, machine);
  CheckFeatures(checker, machine, control_plane);
  CheckRegistries(checker);
  CheckKubelet(checker, machine);
  CheckLabels(checker, "machine.nodeLabels", machine.node_labels());
  CheckAnnotations(checker, "machine.nodeAnnotations", machine.node_annotations());
  CheckTaints(checker, "machine.nodeTaints", machine.node_taints());
  if (machine.files_size() > 0) checker.Warning("machine.files", "deprecated", "use EtcFileConfig");
  if (checker.Has("machine.baseRuntimeSpecOverrides")) {
    checker.Warning("machine.baseRuntimeSpecOverrides", "deprecated",
                    "use CRIBaseRuntimeSpecConfig");
    CheckRuntimeSpec(checker, "machine.baseRuntimeSpecOverrides",
                     machine.base_runtime_spec_overrides());
  }
}

}  // namespace ichor::config
