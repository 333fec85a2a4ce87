#include "machined/etcd/service.h"

#include <string>
#include <utility>

#include "machined/etcd/places.h"

namespace ichor {
namespace {

using services::ServiceDefinition;

constexpr std::int32_t kAlmostNeverKilled = -998;  // oom_score_adj(5) goes from -1000 to 1000
constexpr std::uint64_t kOpenFiles = 10240;

void AddBind(const std::string& path, const char* access, ServiceDefinition::Spec& definition) {
  auto& mount = *definition.mutable_process()->mutable_container()->add_mounts();
  mount.set_source(path);
  mount.set_destination(path);
  mount.add_options("rbind");
  mount.add_options(access);
}

ServiceDefinition::Spec DefinitionOf(const etcd::EtcdProgram::Spec& program) {
  ServiceDefinition::Spec definition;
  auto& process = *definition.mutable_process();
  *process.mutable_arguments() = program.arguments();
  process.set_uid(kEtcdUser);
  process.set_gid(kEtcdUser);
  process.set_cgroup("podruntime/etcd");
  process.set_oom_score_adj(kAlmostNeverKilled);
  process.mutable_container()->set_image(program.image());
  process.mutable_container()->set_open_files(kOpenFiles);
  process.mutable_container()->set_revision(program.revision());
  for (const std::string& path : program.binds()) {
    AddBind(path, "rw", definition);
  }
  for (const std::string& path : program.read_only_binds()) {
    AddBind(path, "ro", definition);
  }
  definition.add_depends_on("cri");
  *definition.mutable_waits_for() = program.waits_for();
  definition.set_provisional(program.provisional());
  definition.set_once(program.once());
  definition.set_internal(program.once());
  definition.mutable_health()->set_stated(!program.once());
  return definition;
}

}  // namespace

absl::StatusOr<Desired<ServiceDefinition>> DefineEtcd(const All<boot::PowerRequest>& power,
                                                      const All<cri::ContainerRuntime>& runtimes,
                                                      const All<etcd::EtcdProgram>& programs,
                                                      const All<cri::PodsEnd>& pods,
                                                      const All<etcd::EtcdDataStatus>& data) {
  Desired<ServiceDefinition> definitions;
  const bool leaves = !data.empty() && data.front().spec().leaving();
  if (!power.empty() && !pods.empty() && pods.front().spec().ended() && !leaves) {
    return definitions;
  }
  if (runtimes.empty()) {
    etcd::EtcdProgram::Spec unknown;
    unknown.set_provisional(true);
    unknown.add_waits_for("the config");
    ServiceDefinition::Spec definition = DefinitionOf(unknown);
    definition.set_internal(true);
    definitions.Add("etcd", std::move(definition));
    return definitions;
  }
  for (const auto& row : programs) {
    definitions.Add(row.id(), DefinitionOf(row.spec()));
  }
  return definitions;
}

}  // namespace ichor
