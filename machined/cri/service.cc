#include "machined/cri/service.h"

#include <algorithm>
#include <format>
#include <span>
#include <string>
#include <utility>

#include "lib/base/hex.h"
#include "lib/early/sha256.h"
#include "machined/config/active_config.h"
#include "machined/cri/render.h"

namespace ichor {
namespace {

using cri::ContainerRuntime;
using services::ServiceDefinition;

constexpr std::int32_t kRarelyKilled = -500;  // oom_score_adj(5) goes from -1000 to 1000

// Whether the file of `id` stands in /etc as it is specified.
bool IsWritten(const All<files::EtcFileSpec>& specs, const All<files::EtcFileStatus>& files,
               const char* id) {
  const auto spec = specs.find(id);
  const auto file = files.find(id);
  return spec != specs.end() && file != files.end() &&
         file->spec().spec_version() == std::to_string(spec->metadata().version);
}

std::string DigestOf(const All<files::EtcFileSpec>& specs) {
  early::Sha256 hash;
  for (const char* const id : {kCriToml, kBaseSpecFile}) {
    const std::string& contents = specs.find(id)->spec().contents();
    const std::string size = std::format("{}:", contents.size());
    hash.Update(std::as_bytes(std::span(size)));
    hash.Update(std::as_bytes(std::span(contents)));
  }
  return base::Hex(hash.Finish());
}

// Whether nothing is left that containerd is needed for, while the machine goes down.
bool HasServed(const All<cri::PodsEnd>& pods, const All<services::ProcessStatus>& processes) {
  return !pods.empty() && pods.front().spec().ended() &&
         std::ranges::none_of(processes, [](const auto& row) {
           return row.spec().in_container() && row.spec().pid() != 0;
         });
}

}  // namespace

ServiceDefinition::Spec ContainerdService(const ContainerdOptions& options,
                                          const All<runtime::Environment>& environments) {
  ServiceDefinition::Spec definition;
  auto& process = *definition.mutable_process();
  for (const std::string& argument : {std::string("/usr/bin/containerd"), std::string("--address"),
                                      options.socket, std::string("--config"), options.config}) {
    process.add_arguments(argument);
  }
  for (const std::string& flag : options.flags) {
    process.add_arguments(flag);
  }
  process.add_environment("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin");
  for (const auto& row : environments) {
    for (const std::string& variable : row.spec().variables()) {
      process.add_environment(variable);
    }
  }
  process.set_cgroup(options.cgroup);
  process.set_oom_score_adj(options.oom_score_adj);
  process.set_all_capabilities(true);
  definition.mutable_health()->set_unix_socket(options.socket);
  definition.mutable_health()->set_grpc(true);
  return definition;
}

absl::StatusOr<Desired<ContainerRuntime>> WantRuntime(
    const All<config::MachineConfig>& configs, const All<boot::NodeStage>& stages,
    const All<files::EtcFileSpec>& specs, const All<files::EtcFileStatus>& files,
    const All<block::VolumeMountStatus>& volumes) {
  if (stages.empty() || stages.front().spec().stage() == boot::NodeStage::Spec::STARTING) {
    return Desired<ContainerRuntime>();
  }
  ContainerRuntime::Spec runtime;
  runtime.set_wanted(ActiveConfig(configs).has_value());
  if (!runtime.wanted()) {
    return Desired<ContainerRuntime>{{"cri", std::move(runtime)}};
  }
  bool written = true;
  for (const char* const id : {"machine-id", kBaseSpecFile, kCriToml}) {
    if (!IsWritten(specs, files, id)) {
      written = false;
      runtime.add_waits_for(std::format("file /etc/{}", id));
    }
  }
  for (const char* const path : kCriVolumes) {
    const auto volume = volumes.find(std::format("cri-{}", path));
    if (volume == volumes.end() || volume->spec().target().empty()) {
      runtime.add_waits_for(std::format("volume {}", path));
    }
  }
  if (written) {
    runtime.set_config_digest(DigestOf(specs));
  }
  return Desired<ContainerRuntime>{{"cri", std::move(runtime)}};
}

absl::StatusOr<Desired<ServiceDefinition>> DefineCri(
    const All<boot::PowerRequest>& power, const All<ContainerRuntime>& runtimes,
    const All<runtime::Environment>& environments, const All<cri::PodsEnd>& pods,
    const All<services::ProcessStatus>& processes) {
  const auto runtime = runtimes.find("cri");
  const bool known = runtime != runtimes.end();
  if ((!power.empty() && HasServed(pods, processes)) || (known && !runtime->spec().wanted())) {
    return Desired<ServiceDefinition>();
  }
  ServiceDefinition::Spec definition =
      ContainerdService({.config = "/etc/cri/containerd.toml",
                         .socket = "/run/containerd/containerd.sock",
                         .flags = {},
                         .cgroup = "podruntime/runtime",
                         .oom_score_adj = kRarelyKilled},
                        environments);
  definition.set_internal(!known);
  definition.set_provisional(!known || runtime->spec().config_digest().empty() ||
                             environments.empty());
  if (known) {
    *definition.mutable_waits_for() = runtime->spec().waits_for();
    definition.mutable_process()->add_environment("ICHOR_CONFIG_SHA256=" +
                                                  runtime->spec().config_digest());
  } else {
    definition.add_waits_for("the config");
  }
  return Desired<ServiceDefinition>{{"cri", std::move(definition)}};
}

}  // namespace ichor
