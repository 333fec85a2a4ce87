#include "machined/kubelet/service.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using ichor::definitions::ContainerParameters;
using services::ServiceDefinition;

constexpr std::int32_t kRarelyKilled = -450;  // oom_score_adj(5) goes from -1000 to 1000
constexpr std::uint32_t kHealthPort = 10248;

void Mount(const char* source, const char* destination, std::initializer_list<const char*> options,
           ContainerParameters& container) {
  auto& mount = *container.add_mounts();
  mount.set_source(source);
  mount.set_destination(destination);
  for (const char* const option : options) {
    mount.add_options(option);
  }
}

// Parents before what is in them.
void AddMounts(ContainerParameters& container) {
  for (const char* const path :
       {"/dev", "/etc/kubernetes", "/var/log/containers", "/var/log/pods"}) {
    Mount(path, path, {"rbind", "rw"}, container);
  }
  Mount("/sys", "/sys", {"rbind", "ro"}, container);
  Mount("/sys/fs/cgroup", "/sys/fs/cgroup", {"rbind", "rw"}, container);
  for (const char* const path :
       {"/etc/machine-id", "/etc/os-release", "/system/resolved", "/etc/cni"}) {
    Mount(path, path, {"rbind", "ro"}, container);
  }
  Mount("/usr/lib/modules", "/lib/modules", {"rbind", "ro"}, container);
  Mount("/run", "/var/run", {"rbind", "rslave", "rw"}, container);
  Mount("/run", "/run", {"rbind", "rslave", "rw"}, container);
  Mount("/var/lib/containerd", "/var/lib/containerd", {"rbind", "rslave", "rw"}, container);
  Mount("/var/lib/kubelet", "/var/lib/kubelet", {"rbind", "rshared", "rw"}, container);
  Mount("/var/mnt", "/var/mnt", {"rbind", "rslave", "ro"}, container);
}

ServiceDefinition::Spec Kubelet() {
  ServiceDefinition::Spec definition;
  auto& process = *definition.mutable_process();
  process.add_arguments("/usr/local/bin/kubelet");
  process.set_cgroup("podruntime/kubelet");
  process.set_oom_score_adj(kRarelyKilled);
  process.set_all_capabilities(true);
  process.mutable_container()->set_privileged(true);
  AddMounts(*process.mutable_container());
  definition.add_depends_on("cri");
  definition.mutable_health()->set_local_port(kHealthPort);
  definition.mutable_health()->set_http_path("/healthz");
  return definition;
}

void TakeSpec(const k8s::KubeletSpec::Spec& spec, ServiceDefinition::Spec& definition) {
  constexpr const char* kProviders = "/usr/local/lib/kubelet/credentialproviders";
  auto& process = *definition.mutable_process();
  if (!spec.credential_provider_config().fields().empty()) {
    Mount(kProviders, kProviders, {"rbind", "ro"}, *process.mutable_container());
  }
  process.mutable_container()->set_image(spec.image());
  process.mutable_arguments()->MergeFrom(spec.args());
  for (const auto& extra : spec.extra_mounts()) {
    auto& mount = *process.mutable_container()->add_mounts();
    mount.set_source(extra.source());
    mount.set_destination(extra.destination());
    mount.set_type(extra.type());
    *mount.mutable_options() = extra.options();
  }
}

}  // namespace

void WaitForNode(const All<network::NetworkStatus>& networks, const All<time::TimeStatus>& times,
                 ServiceDefinition::Spec& definition) {
  const auto* const network = networks.empty() ? nullptr : &networks.front().spec();
  if (network == nullptr || !network->address_ready()) {
    definition.add_waits_for("an address");
  }
  if (network == nullptr || !network->hostname_ready()) {
    definition.add_waits_for("a hostname");
  }
  if (network == nullptr || !network->etc_files_ready()) {
    definition.add_waits_for("files of the network in /etc");
  }
  const auto* const time = times.empty() ? nullptr : &times.front().spec();
  if (time == nullptr || (!time->synced() && !time->sync_disabled())) {
    definition.add_waits_for("the time");
  }
}

absl::StatusOr<Desired<ServiceDefinition>> DefineKubelet(const KubeletInputs& inputs) {
  const bool known = !inputs.runtimes.empty();
  if (!inputs.power.empty() || (known && !KubernetesSettings::Of(inputs.configs).has_value())) {
    return Desired<ServiceDefinition>();
  }
  ServiceDefinition::Spec definition = Kubelet();
  definition.set_internal(!known);
  if (!known) {
    definition.set_provisional(true);
    definition.add_waits_for("the config");
    return Desired<ServiceDefinition>{{"kubelet", std::move(definition)}};
  }
  if (inputs.specs.empty()) {
    definition.set_provisional(true);
    definition.add_waits_for("the node's name and address");
  } else {
    TakeSpec(inputs.specs.front().spec(), definition);
  }
  if (inputs.files.empty() || !inputs.files.front().spec().ready()) {
    definition.set_provisional(true);
    definition.add_waits_for("its files");
  } else {
    definition.mutable_process()->mutable_container()->set_revision(
        inputs.files.front().spec().revision());
  }
  WaitForNode(inputs.networks, inputs.times, definition);
  return Desired<ServiceDefinition>{{"kubelet", std::move(definition)}};
}

}  // namespace ichor
