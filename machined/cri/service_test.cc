#include "machined/cri/service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "machined/cri/render.h"

namespace ichor {
namespace {

using cri::ContainerRuntime;
using services::ServiceDefinition;

const auto kNoPower = AllOf<boot::PowerRequest>({});
const auto kEnvironment = AllOf<runtime::Environment>({{"machined", Text("variables: 'A=b'")}});

All<config::MachineConfig> Config() {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled("version: v1alpha1\nmachine: {type: worker}\ncluster: {}\n");
  return AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}});
}

// What is wanted when `written` files stand, with `toml` as the configuration.
All<ContainerRuntime> Want(const All<config::MachineConfig>& configs, const std::string& stage,
                           bool written, bool mounted, const std::string& toml = "a") {
  std::vector<GivenRow<files::EtcFileSpec>> specs;
  std::vector<GivenRow<files::EtcFileStatus>> files;
  for (const char* const id : {"machine-id", kCriToml, kBaseSpecFile}) {
    files::EtcFileSpec::Spec spec;
    spec.set_contents(toml);
    specs.emplace_back(id, spec);
    files.emplace_back(id, written ? "spec_version: '0'" : "");
  }
  std::vector<GivenRow<block::VolumeMountStatus>> volumes;
  volumes.reserve(kCriVolumes.size());
  for (const char* const path : kCriVolumes) {
    volumes.emplace_back(std::string("cri-") + path, mounted ? "target: '/x'" : "");
  }
  absl::StatusOr<Desired<ContainerRuntime>> wanted =
      WantRuntime(configs, AllOf<boot::NodeStage>({{"stage", Text("stage: " + stage)}}),
                  AllOf<files::EtcFileSpec>(specs), AllOf<files::EtcFileStatus>(files),
                  AllOf<block::VolumeMountStatus>(volumes));
  REQUIRE_THAT(wanted, base::IsOk());
  return Stated(*wanted);
}

std::optional<ServiceDefinition::Spec> Define(const All<boot::PowerRequest>& power,
                                              const All<ContainerRuntime>& runtimes,
                                              const std::string& pods = "ended: true",
                                              const std::string& container = "") {
  absl::StatusOr<Desired<ServiceDefinition>> defined =
      DefineCri(power, runtimes, kEnvironment, AllOf<cri::PodsEnd>({{"pods", Text(pods)}}),
                AllOf<services::ProcessStatus>({{"etcd", Text(container)}}));
  REQUIRE_THAT(defined, base::IsOk());
  const auto rows = Stated(*defined);
  return rows.empty() ? std::nullopt : std::optional(rows.find("cri")->spec());
}

std::string DigestVariable(const ServiceDefinition::Spec& definition) {
  return *definition.process().environment().rbegin();
}

}  // namespace

TEST_CASE(
    "cri: a node with a config runs it, with the environment, where the kubelet looks for it") {
  const auto definition = Define(kNoPower, Want(Config(), "CONFIGURED", true, true));
  REQUIRE(definition.has_value());
  CHECK(definition->waits_for().empty());
  CHECK_FALSE(definition->provisional());
  CHECK_FALSE(definition->internal());
  CHECK(definition->process().arguments(2) == "/run/containerd/containerd.sock");
  CHECK(definition->process().cgroup() == "podruntime/runtime");
  CHECK(definition->process().oom_score_adj() == -500);
  CHECK(std::ranges::contains(definition->process().environment(), "A=b"));
}

TEST_CASE("cri: it waits for its files and volumes, by name") {
  const auto definition = Define(kNoPower, Want(Config(), "CONFIGURED", false, false));
  REQUIRE(definition.has_value());
  CHECK(std::vector<std::string>(definition->waits_for().begin(), definition->waits_for().end()) ==
        std::vector<std::string>{"file /etc/machine-id", "file /etc/cri/conf.d/base-spec.json",
                                 "file /etc/cri/conf.d/cri.toml", "volume /etc/cni",
                                 "volume /etc/kubernetes", "volume /opt", "volume /var/run/lock"});
  CHECK(definition->provisional());
}

TEST_CASE("cri: another configuration is another process") {
  const auto of = [](const std::string& toml) {
    return DigestVariable(*Define(kNoPower, Want(Config(), "CONFIGURED", true, true, toml)));
  };
  CHECK(of("a").size() == std::string("ICHOR_CONFIG_SHA256=").size() + 64);
  CHECK(of("a") == of("a"));
  CHECK(of("a") != of("b"));
}

TEST_CASE("cri: what runs is kept until it is known whether there is a config") {
  const auto definition =
      Define(kNoPower, Want(AllOf<config::MachineConfig>({}), "STARTING", false, false));
  REQUIRE(definition.has_value());
  CHECK(definition->provisional());
  CHECK(definition->internal());
  CHECK(definition->waits_for(0) == "the config");
}

TEST_CASE("cri: there is none without a config, nor when the machine goes down") {
  CHECK_FALSE(Define(kNoPower, Want(AllOf<config::MachineConfig>({}), "MAINTENANCE", true, true))
                  .has_value());
  CHECK_FALSE(
      Define(AllOf<boot::PowerRequest>({{"power", {}}}), Want(Config(), "CONFIGURED", true, true))
          .has_value());
}

TEST_CASE("cri: containerd is the last to go of what runs containers") {
  const auto down = AllOf<boot::PowerRequest>({{"power", {}}});
  const auto runtimes = Want(Config(), "CONFIGURED", true, true);
  CHECK(Define(down, runtimes, "running: 1").has_value());
  CHECK(Define(down, runtimes, "ended: true", "pid: 7 in_container: true").has_value());
  CHECK_FALSE(Define(down, runtimes, "ended: true", "in_container: true").has_value());
}

}  // namespace ichor
